"""The doctor: looks at an installation from outside, and says what is wrong and what to do.

It changes nothing, works while the server runs and while it does not, and takes every outside
thing that does not answer for a finding.
"""

from bot.doctor.examination import Report, examine
from bot.doctor.finding import Finding, Mark

__all__ = ["Finding", "Mark", "Report", "examine"]
