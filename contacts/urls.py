from django.urls import path

from contacts.views import exclusions, imports, lists

app_name = "contacts"

urlpatterns = [
    path("lists/", lists.list_index, name="list_index"),
    path("lists/new/", lists.list_create, name="list_create"),
    path("lists/<int:list_id>/", lists.list_show, name="list_show"),
    path("lists/<int:list_id>/rename/", lists.list_rename, name="list_rename"),
    path("lists/<int:list_id>/disable/", lists.list_disable, name="list_disable"),
    path("lists/<int:list_id>/enable/", lists.list_enable, name="list_enable"),
    path("lists/<int:list_id>/delete/", lists.list_delete, name="list_delete"),
    path("lists/<int:list_id>/restore/", lists.list_restore, name="list_restore"),
    path("lists/<int:list_id>/export/", lists.list_export, name="list_export"),
    path("exclusions/", exclusions.exclusion_index, name="exclusion_index"),
    path("exclusions/search/", exclusions.exclusion_search, name="exclusion_search"),
    path("exclusions/add/", exclusions.exclusion_add, name="exclusion_add"),
    path("exclusions/import/", exclusions.exclusion_import, name="exclusion_import"),
    path("exclusions/remove/", exclusions.exclusion_remove, name="exclusion_remove"),
    path("exclusions/export/", exclusions.exclusion_export, name="exclusion_export"),
    path("imports/", imports.import_index, name="import_index"),
    path("imports/<int:import_id>/", imports.import_show, name="import_show"),
    path("imports/<int:import_id>/correct/", imports.import_correct, name="import_correct"),
    path("imports/<int:import_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:import_id>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:import_id>/rejects/", imports.import_rejects, name="import_rejects"),
]
