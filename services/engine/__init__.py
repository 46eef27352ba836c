"""The engine: what AWS has (observe), what differs (plan), closing the difference (apply), and what was begun (journal)."""
