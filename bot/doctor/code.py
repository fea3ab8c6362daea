"""The installation's own code: do the jobs load, and do the plugins' servers answer?"""

import dis
import os
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from bot.config import Settings
from bot.doctor.finding import Finding, bad, good, warning
from workflows.errors import ConfigurationError, HarborError, JobRefused
from workflows.job import Job
from workflows.plugins import configured, read
from workflows.plugins.config import RESERVED
from workflows.plugins.mcp import McpPlugin
from workflows.registry import Registry, load

JOBS, PLUGINS = "jobs", "plugin"
DEFAULT_PLUGINS = Path("plugins.toml")
MOST_NAMED = 8


def jobs(settings: Settings) -> tuple[Registry, Finding]:
    """Load the jobs; those that come with Harbor where the others cannot be loaded."""
    try:
        registry = load(settings.jobs)
    except (ConfigurationError, JobRefused) as error:
        return load(()), _refused(JOBS, error)
    return registry, good(JOBS, ", ".join(registry.names()))


async def plugins(settings: Settings, jobs: Iterable[Job]) -> list[Finding]:
    """Ask every configured server for its tools, and name those that *jobs* use and lack."""
    path = settings.plugins or DEFAULT_PLUGINS
    if settings.plugins is None and not path.exists():
        none = good(PLUGINS, "none: there is no plugins.toml")
        return [none, *_missing(jobs, set(), path)]
    try:
        found, wanted = configured(path, os.environ), read(path)
    except ConfigurationError as error:
        return [_refused(PLUGINS, error)]
    asked = [await _plugin(each, wanted[each.name].tools or frozenset()) for each in found]
    return [*asked, *_missing(jobs, {each.name for each in found}, path)]


def _missing(jobs: Iterable[Job], known: set[str], path: Path) -> list[Finding]:
    """Answer a finding for every plugin that jobs use, as far as their code tells, and lack."""
    used_by: dict[str, list[str]] = defaultdict(list)
    for job in jobs:
        for name in sorted(_used_by(job) - known - {RESERVED}):
            used_by[name].append(job.name)
    return [
        warning(
            PLUGINS,
            f"{name} is used by {', '.join(names)}, and is not in {path}",
            f"add a section [{name}], or such a run fails when it comes to it",
        )
        for name, names in sorted(used_by.items())
    ]


def _used_by(job: Job) -> set[str]:
    """Answer what follows `.plugins.` in a job's function; its helpers are not seen."""
    code = list(dis.get_instructions(job.function))
    return {
        after.argval
        for before, after in pairwise(code)
        if before.argval == "plugins" and isinstance(after.argval, str)
    }


async def _plugin(plugin: McpPlugin, wanted: frozenset[str]) -> Finding:
    try:
        offered = sorted(await plugin.tools())
    except HarborError as error:
        step = "check its section in plugins.toml, and that its server runs"
        return bad(PLUGINS, f"{plugin.name} does not answer: {error}", step)
    finally:
        await plugin.close()
    if missing := sorted(wanted - set(offered)):
        said = f"{plugin.name} does not offer {', '.join(missing)}"
        return warning(PLUGINS, said, f"mend `tools` in its section; it offers {_some(offered)}")
    return good(PLUGINS, f"{plugin.name}: {_some(offered)}")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (", ".join(names[:MOST_NAMED]) or "no tools") + more


def _refused(about: str, error: HarborError) -> Finding:
    said, _, step = str(error).rpartition("; ")
    return bad(about, said or step, step if said else None)
