"""What keeps an installation going: its schema, first start, jobs, health and backups."""
