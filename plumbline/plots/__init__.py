"""Pictures for people: matplotlib figures of measures, trends and structures."""
