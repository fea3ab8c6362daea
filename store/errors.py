"""The error tree of the store.

StoreError
├── CannotOpen        the database cannot be used as it is; the message says what to do
├── CannotGoOn        this process can use the database no more; a new one may
├── NotStored         nothing of this call was written; try again
└── Stopped           the database is closed
"""


class StoreError(Exception):
    """Everything the store raises on purpose."""


class CannotOpen(StoreError):
    """The database cannot be opened; the message names it and the next step."""


class CannotGoOn(StoreError):
    """This process must end, so that a new one can begin; the message says why."""


class NotStored(StoreError):
    """Nothing of the call was written, and nothing will be."""


class Stopped(StoreError):
    """The call came after the database was closed; nothing was written."""
