from django.urls import path

from directory.views import batches, contact, contacts, exports

urlpatterns = [
    path("contacts/", contacts.contact_index, name="contact_index"),
    path("contacts/search/", contacts.contact_search, name="contact_search"),
    path("contacts/count/", contacts.contact_count, name="contact_count"),
    path("contacts/columns/", contacts.contact_columns, name="contact_columns"),
    path("contacts/new/", contact.contact_add, name="contact_add"),
    path("contacts/batch/", batches.contact_batch_check, name="contact_batch_check"),
    path("contacts/batch/start/", batches.contact_batch_start, name="contact_batch_start"),
    path("contacts/batch/<int:contact_batch_id>/", batches.contact_batch_show, name="contact_batch_show"),
    path("contacts/export/", exports.contact_export_new, name="contact_export_new"),
    path("contact/<str:contact>/", contact.contact_show, name="contact_show"),
    path("contact/<str:contact>/edit/", contact.contact_edit, name="contact_edit"),
    path("contact/<str:contact>/exclude/", contact.contact_exclude, name="contact_exclude"),
    path("contact/<str:contact>/readmit/", contact.contact_readmit, name="contact_readmit"),
    path("contact/<str:contact>/delete/", contact.contact_delete, name="contact_delete"),
]
