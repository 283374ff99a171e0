"""What people bring from the site: levelling runs and labels of events."""
