"""Examining: the findings about one thing, under settings of which some are others."""

from typing import Any

from bot.config import Settings
from bot.doctor import Finding
from bot.doctor.examination import checkup

SECRET = "5ec2e7" + "0" * 26


def about(findings: tuple[Finding, ...], check: str) -> list[Finding]:
    return [finding for finding in findings if finding.about == check]


async def found(settings: Settings, check: str) -> Finding:
    """Answer the first finding about *check*."""
    return about(await checkup(settings), check)[0]


def changed(settings: Settings, **given: Any) -> Settings:
    """Answer *settings* with others in their place, read as if somebody had written them."""
    kept = {
        str(field.alias): getattr(settings, name) for name, field in Settings.model_fields.items()
    }
    return Settings(_env_file=None, **(kept | given))
