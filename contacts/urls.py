from django.urls import path

from contacts import views

app_name = "contacts"
urlpatterns = [
    path("kontakt/", views.directory, name="directory"),
    path("kontakt/<slug:slug>/", views.DistrictPage.as_view(), name="district"),
    path("kontakt/<slug:slug>/kontakte.vcf", views.district_vcards, name="district_vcards"),
    path("personen/<slug:slug>/", views.PersonPage.as_view(), name="person"),
    path("personen/<slug:slug>/kontakt.vcf", views.person_vcard, name="person_vcard"),
]
