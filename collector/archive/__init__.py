"""The archive: every sample as miniSEED 2.4 in SDS folders, the open hour apart."""
