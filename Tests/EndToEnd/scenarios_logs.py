"""What operators see must not be what people said, nor what lets somebody be them."""

from scenario import scenario
from stage import SECRET, TOKEN_SECRET, Stage


# The last of all, after refusals and outages of every kind.
@scenario("json", "binary", "brief")
async def no_log_has_a_token_or_a_secret_or_what_somebody_wrote(stage: Stage) -> None:
    words = ["Five minutes", "in the outage", "16.3738"]
    files = [stage.service.log, stage.centrifugo.log, *(stage.decisions.iterdir() if stage.decisions else [])]
    for file in files:
        log = file.read_text()
        for kind, texts in (("token", stage.tokens), ("secret", [SECRET, TOKEN_SECRET]), ("words", words)):
            assert not any(text in log for text in texts), f"{file.name} has a {kind}"
