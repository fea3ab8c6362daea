from .tools import *
from .tools import _hidden as visible
from . import deep as nested
import importlib
lazy = importlib.import_module("corp.lib.lazy")
try:
    from .fast import quick
except ImportError:
    from .slow import quick
def __getattr__(name):
    if name == "dynamic":
        from .lazy import dynamic
        return dynamic
    raise AttributeError(name)
