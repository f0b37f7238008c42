"""What every screen is made of: template tags for icons, numbers, navigation, paging and sorting."""
