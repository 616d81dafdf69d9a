"""The citizen's screens: report, follow, and the photos that everybody may see."""
