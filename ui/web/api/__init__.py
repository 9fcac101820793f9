"""What programs call over HTTP, in the served process: `/api/v1` (its description at `/api/v1/openapi.json`) and, for chat clients, `/v1`.

Who asks is the local user where there are no accounts; else whose token it is, within the token's scopes and the account's role. Handlers only take
a call apart and put what `ui.desk.Desk` says into a response.
"""

from ui.web.api.app import CHAT_PLACE, PLACE, chat_api, program_api

__all__ = ["CHAT_PLACE", "PLACE", "chat_api", "program_api"]
