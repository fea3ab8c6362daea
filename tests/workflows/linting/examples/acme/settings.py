LATE = "4 hours"
SOON = "4m"
CHANNEL = "ops"
