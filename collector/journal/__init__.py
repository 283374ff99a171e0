"""The hub: checked bytes, appended and fsynced; every stage follows it from its own cursor."""
