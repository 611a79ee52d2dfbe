"""Why schedules are as long as they are: bounds, what was tried, what each unit and stream does."""
