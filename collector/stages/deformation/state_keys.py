"""Names of the deformation stage's rows in the event store; they stay as they are on disk."""

PREFIX = "slow/"
CURSOR = "slow/cursor"
STREAM = "slow/stream/"
HOURS = "slow/hours/"
LIMIT = "slow/limit/"
MODEL = "slow/model/"
CHANNEL = "slow/channel/"
