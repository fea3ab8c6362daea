"""What Slack says about a person: the claims of an id_token, and the answer of userInfo.

Names and shapes: docs.slack.dev/reference/methods/openid.connect.token and …userInfo.
"""

from bot.sandbox import limits, people
from bot.sandbox.people import Person
from bot.sandbox.sign_in import tokens
from bot.sandbox.sign_in.grants import Grant
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

USER_ID = "https://slack.com/user_id"
TEAM_ID = "https://slack.com/team_id"


def about(workspace: Workspace, person: Person, scopes: tuple[str, ...]) -> Json:
    """Say who somebody is, as far as the scopes go."""
    known: Json = {"sub": person.id, USER_ID: person.id, TEAM_ID: person.team_id}
    if "email" in scopes:
        known |= _email(person)
    if "profile" in scopes:
        known |= _profile(workspace, person)
    return known


def _email(person: Person) -> Json:
    return {"email": f"{person.name}@example.com", "email_verified": True}


def _profile(workspace: Workspace, person: Person) -> Json:
    given, _, family = person.real_name.partition(" ")
    known: Json = {
        "name": person.real_name,
        "given_name": given,
        "family_name": family,
        "picture": f"{workspace.url}/static/icon.svg",
        "locale": "en-US",
    }
    if person.is_external_to(workspace.credentials.team_id):
        return known
    return known | {
        "https://slack.com/team_name": people.TEAM_NAME,
        "https://slack.com/team_domain": people.TEAM_DOMAIN,
    }


def of_token(workspace: Workspace, person: Person, grant: Grant, access_token: str) -> Json:
    now = int(workspace.now())
    claims: Json = {
        "iss": workspace.url,
        "aud": grant.client_id,
        "exp": now + limits.ID_TOKEN_SECONDS,
        "iat": now,
        "auth_time": int(grant.granted_at),
        "at_hash": tokens.half_hash(access_token),
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    return claims | about(workspace, person, grant.scopes)
