"""Questions to people: what is asked, who may answer, and what the answers did."""
