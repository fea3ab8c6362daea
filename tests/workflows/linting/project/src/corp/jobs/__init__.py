from .refund import refund
from .more import *
