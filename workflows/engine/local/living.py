"""Living: the passes under way in this process, whose leases it does not take from itself.

One process owns the database file. A clock that jumps, a machine that slept or a heartbeat that is
late makes a lease look as if its owner were gone; here the owner is known to live.
"""

import secrets

from workflows.engine.local.outcome import Lease


class Living:
    """Who executes runs in this process, and by which leases. Read by the writer's thread."""

    def __init__(self) -> None:
        self.owner = secrets.token_hex(8)
        self.leases: set[Lease] = set()
        # From before a claim is written until its passes have begun: their leases are not known.
        self.is_claiming = False

    def has(self, lease: Lease, owner: str | None) -> bool:
        """Whether a lease is held by a pass that lives, or that is about to begin."""
        # In this order: what begins while this is asked has been claimed by now.
        is_beginning = self.is_claiming and owner == self.owner
        return is_beginning or lease in self.leases
