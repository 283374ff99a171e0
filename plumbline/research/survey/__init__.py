"""Levelled points for people: settlement, rate, distortion, rates beside another source's."""
