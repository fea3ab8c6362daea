import uuid
class Mixed:
    def mixed(self): return uuid.uuid4()  # L7
