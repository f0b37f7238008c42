from django.urls import path

from contacts.views import batches, exclusions, exports, import_into, imports, lists

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
    path("lists/<int:list_id>/export/options/", exports.list_export_new, name="list_export_new"),
    path("lists/<int:list_id>/duplicate/", batches.list_duplicate, name="list_duplicate"),
    path("lists/batch/", batches.batch_check, name="batch_check"),
    path("lists/batch/start/", batches.batch_start, name="batch_start"),
    path("lists/batch/<int:batch_id>/", batches.batch_show, name="batch_show"),
    path("exports/", exports.export_index, name="export_index"),
    path("exports/lists/", exports.export_several, name="export_several"),
    path("exports/<int:export_id>/", exports.export_show, name="export_show"),
    path("exports/<int:export_id>/download/", exports.export_download, name="export_download"),
    path("exclusions/export/options/", exports.exclusion_export_new, name="exclusion_export_new"),
    path("exclusions/", exclusions.exclusion_index, name="exclusion_index"),
    path("exclusions/search/", exclusions.exclusion_search, name="exclusion_search"),
    path("exclusions/add/", exclusions.exclusion_add, name="exclusion_add"),
    path("exclusions/import/", exclusions.exclusion_import, name="exclusion_import"),
    path("exclusions/remove/", exclusions.exclusion_remove, name="exclusion_remove"),
    path("lists/<int:list_id>/import/", import_into.list_import, name="list_import"),
    path("imports/", imports.import_index, name="import_index"),
    path("imports/<int:import_id>/", imports.import_show, name="import_show"),
    path("imports/<int:import_id>/correct/", imports.import_correct, name="import_correct"),
    path("imports/<int:import_id>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:import_id>/undo/", import_into.import_undo_confirm, name="import_undo"),
    path("imports/<int:import_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:import_id>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:import_id>/rejects/", imports.import_rejects, name="import_rejects"),
]
