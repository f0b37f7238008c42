"""The directory's addresses, one module for each of its pages."""

from directory.urls import attributes, contacts, imports, lists, option

app_name = "directory"

urlpatterns = [
    *contacts.urlpatterns,
    *lists.urlpatterns,
    *attributes.urlpatterns,
    *imports.urlpatterns,
    *option.urlpatterns,
]
