from django.urls import path

from directory.views import contacts, lists, members, merges

urlpatterns = [
    path("lists/<int:list_id>/", contacts.list_show, name="list_show"),
    path("lists/<int:list_id>/numbers/", members.list_add_numbers, name="list_add_numbers"),
    path("lists/save/", lists.list_save_rule, name="list_save_rule"),
    path("lists/<int:list_id>/settings/", lists.list_settings_edit, name="list_settings"),
    path("lists/<int:list_id>/api/", lists.list_api, name="list_api"),
    path("lists/<int:list_id>/rule/", lists.list_rule_edit, name="list_rule_edit"),
    path("lists/<int:list_id>/freeze/", lists.list_freeze, name="list_freeze"),
    path("lists/<int:list_id>/refresh/", lists.list_refresh, name="list_refresh"),
    path("lists/<int:list_id>/merge/", merges.list_merge, name="list_merge"),
    path("merges/<int:merge_id>/", merges.merge_show, name="merge_show"),
    path("merges/<int:merge_id>/undo/", merges.merge_undo_confirm, name="merge_undo"),
]
