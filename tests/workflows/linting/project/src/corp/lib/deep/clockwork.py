import datetime
from . import mixin
def now(): return datetime.datetime.now()  # L7
class Base:
    def template(self): return self.hook(), self.mixed(), self.own
    def hook(self): return None
    @property
    def own(self): return datetime.date.today()  # L7
