from django.urls import path

from directory.views import imports

urlpatterns = [
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:import_id>/map/", imports.import_map, name="import_map"),
    path("imports/<int:import_id>/map/save/", imports.import_map_save, name="import_map_save"),
    path("imports/<int:import_id>/map/attribute/", imports.import_attribute, name="import_attribute"),
    path("imports/<int:import_id>/settings/", imports.import_settings, name="import_settings"),
    path("imports/<int:import_id>/settings/save/", imports.import_settings_save, name="import_settings_save"),
]
