"""What each company's files state, in plain Python: one function a company."""

from hashlib import sha256

from .files import Company, iri

RULES = "https://rules.vuoriketju.example/"


def number(text: str) -> str:
    """12,50 as 12.5."""
    text = text.replace(",", ".")
    return text.rstrip("0").rstrip(".") if "." in text else text


def mill_states(mill: Company, _):
    for row in mill.rows("foretag.csv"):
        mill.state(mill.did, schema_legalName=row["Namn"])
    for row in mill.rows("charger.csv", "steel"):
        mill.state(iri(mill, "batch", row["Charge"]), schema_name=row["Benämning"], adit_grade=row["Stålsort"],
                   skos_notation=row["Charge"])
    for row in mill.rows("leveranser.csv", "steel"):
        mill.state(iri(mill, "batch", row["Charge"]), adit_deliveredTo=mill.partner[row["Kundnr"]])


def shop_states(shop: Company, by_did: dict):
    def batch(maker: str, heat: str) -> str:
        """A heat of the mill, or a lot that we numbered ourselves."""
        return iri(by_did[shop.partner[maker]] if maker else shop, "batch", heat)

    def item(row: dict) -> str:
        return iri(shop, "item", row["Osanumero"], row["Sarjanumero"])

    group = "machined-part"
    for row in shop.rows("yritys.csv"):
        shop.state(shop.did, schema_legalName=row["Nimi"])
    for row in shop.rows("nimikkeet.csv", group):
        shop.state(iri(shop, "model", row["Osanumero"]), schema_name=row["Nimitys"], schema_manufacturer=shop.did)
    for row in shop.rows("sarjanumerot.csv", group):
        shop.state(item(row), schema_name=row["Nimitys"], schema_model=iri(shop, "model", row["Osanumero"]),
                   schema_mpn=row["Nimike_rev"], schema_weight=number(row["Paino_kg"]),
                   adit_fromBatch=row["Sulatusnro"] and batch(row["Toimittajanro"], row["Sulatusnro"]))
    for row in shop.rows("toimitukset.csv", group) + (shop.rows("late/*.csv", group) if shop.late else []):
        shop.state(item(row), adit_deliveredTo=shop.partner[row["Asiakasnro"]],
                   adit_deliveredOn=shop.utc(row["Toimituspvm"]))
    for row in shop.rows("erat.csv", group):
        lot = batch("", row["Erä"])
        shop.state(lot, schema_name=row["Nimitys"], schema_model=iri(shop, "model", row["Osanumero"]),
                   adit_deliveredTo=shop.partner[row["Asiakasnro"]])
        for heat in row["Sulatusnrot"].split("/"):
            shop.state(lot, adit_fromBatch=batch(row["Toimittajanro"], heat))
    for row in shop.rows("tukkuerat.csv", group):
        shop.state(batch("", row["Eränro"]), schema_name=row["Eränro"], skos_notation=row["Tukun_merkintä"],
                   prov_alternateOf=batch(row["Tehdas"], row["Todistuksen_sulatus"]))
    for row in shop.rows("romutukset.csv", group):
        shop.state(item(row), adit_productStatus="adit:status-waste")
    for row in shop.rows("hiilijalanjaljet.csv", group):
        footprint(shop, iri(shop, "model", row["Osanumero"]), row["Laskentaohje"], row["kgCO2e_kpl"], row["Paino_kg"],
                  row["Primääridata_pros"])
    for row in shop.rows("aineet.csv", group):
        substance(shop, iri(shop, "model", row["Osanumero"]), row["CAS"], row["Aine"], row["Pitoisuus_pros"],
                  row["Sijainti"])


def footprint(company: Company, product: str, method: str, kg: str, mass: str, primary: str):
    node = f"footprint {product} {method}"
    company.state(product, adit_productFootprint=node)
    company.state(node, dct_conformsTo=RULES + method, adit_pcfExcludingBiogenicUptake=number(kg),
                  adit_productMassPerDeclaredUnit=number(mass), adit_primaryDataShare=number(primary))


def substance(company: Company, product: str, cas: str, name: str, share: str, where: str):
    node = f"substance {product} {cas}"
    company.state(product, eudpp_containsSubstanceOfConcern=node)
    company.state(node, eudpp_numberCAS=cas, eudpp_nameIUPAC=name, eudpp_hasConcentration=number(share),
                  eudpp_substanceLocation=where)


def oem_states(oem: Company, by_did: dict):
    group = "machine"
    for row in oem.rows("foretag.csv"):
        oem.state(oem.did, schema_legalName=row["Namn"])
    for row in oem.rows("artiklar.csv", group):
        oem.state(iri(oem, "model", row["Artikel"]), schema_name=row["Benämning"], schema_manufacturer=oem.did,
                  schema_weight=number(row["Vikt_kg"]))
    for file in ("maskiner.csv", "enheter.csv", "batterier.csv"):
        for row in oem.rows(file, group):
            heat = row.get("Charge") and iri(by_did[oem.partner[row["Plåtleverantör"]]], "batch", row["Charge"])
            oem.state(iri(oem, "item", row["Artikel"], row["Serienr"]), schema_name=row["Benämning"],
                      schema_model=iri(oem, "model", row["Artikel"]), adit_fromBatch=heat,
                      rdf_type="adit:Machine" if file == "maskiner.csv" else "schema:IndividualProduct")
    for file in ("struktur*.xlsx", "moduler.csv", "service.csv"):
        for row in oem.rows(file, group):
            if row.get("Leverantör"):
                item = iri(by_did[oem.partner[row["Leverantör"]]], "item", row["Lev_artikel"], row["Lev_serienr"])
                oem.scanned(item, row["Leverantör"])
            else:
                item = iri(oem, "item", row.get("Artikel") or row["Egen_artikel"],
                           row.get("Serienr") or row["Egen_serienr"])
            install(oem, f"installation {row['Rad']}", item, iri(oem, "item", row["I_artikel"], row["I_serienr"]),
                    row["Monterad"], row.get("Demonterad"), row["Position"], row["Som_byggd"] == "1")
    for row in oem.rows("motorer.csv", group):
        motor = iri(oem, "item", row["Artikel"], row["Serienr"])
        oem.state(motor, schema_name=row["Benämning"], schema_model=iri(oem, "model", row["Artikel"]),
                  adit_fromBatch=oem.scanned(row["Trådetikett"], row["Trådleverantör"]))
        install(oem, f"motor {row['Serienr']}", motor, iri(oem, "item", row["I_artikel"], row["I_serienr"]),
                row["Monterad"], "", row["Position"], row["Som_byggd"] == "1")
    for row in oem.rows("partier.csv", group):
        lot = iri(by_did[oem.partner[row["Leverantör"]]], "batch", row["Parti"])
        oem.scanned(lot, row["Leverantör"])
        install(oem, f"lot {row['Rad']}", lot, iri(oem, "item", row["I_artikel"], row["I_serienr"]), row["Monterad"], "",
                row["Position"], row["Som_byggd"] == "1")
    for row in oem.rows("material.csv", group):
        node = f"material {row['Artikel']} {row['Material']}"
        oem.state(iri(oem, "model", row["Artikel"]), eudpp_hasMaterial=node)
        oem.state(node, schema_weight=number(row["Vikt_kg"]),
                  eudpp_hasMaterialType={"Cu": "adit:material-copper", "Fe": "adit:material-steel"}[row["Material"]])
    for row in oem.rows("amnen.csv", group):
        substance(oem, iri(oem, "model", row["Artikel"]), row["CAS"], row["Ämne"], row["Halt_procent"], row["Plats"])
    for row in oem.rows("klimat.csv", group):
        footprint(oem, iri(oem, "model", row["Artikel"]), row["Metod"], row["kgCO2e_st"], row["Vikt_kg"], "")
    for row in oem.rows("leveranser.csv", group):
        oem.state(iri(oem, "item", row["Artikel"], row["Serienr"]), adit_deliveredTo=oem.partner[row["Kundnr"]])


def install(company: Company, node: str, item: str, parent: str, start: str, end: str, position: str, built: bool):
    company.state(node, adit_installedItem=item, adit_installedIn=parent, schema_validFrom=company.utc(start),
                  schema_validThrough=end and company.utc(end), adit_position=position,
                  adit_asBuilt="true" if built else "false")


def role(company: Company, node: str, product: str, actor: str, what: str, start: str, end: str = ""):
    company.state(node, eudpp_inContextOfProduct=product, eudpp_hasActor=actor, eudpp_hasRole=what,
                  eudpp_assignmentValidFrom=company.utc(start), eudpp_assignmentValidTo=end and company.utc(end))


def mine_states(mine: Company, by_did: dict):
    for row in mine.rows("yritys.csv"):
        mine.state(mine.did, schema_legalName=row["Nimi"])
    for row in mine.rows("omistajat.csv"):
        mine.state(mine.partner[row["Numero"]], schema_legalName=row["Nimi"])
    for row in mine.rows("kaivokset.csv", "site"):
        mine.state(iri(mine, "place", row["Tunnus"]), schema_name=row["Nimi"])
    for row in mine.rows("alueet.csv", "site"):
        mine.state(iri(mine, "place", row["Tunnus"]), schema_name=row["Nimi"],
                   schema_containedInPlace=iri(mine, "place", row["Kaivos"]))

    def machine(row: dict) -> str:
        found = iri(by_did[mine.partner[row["Valmistaja"]]], "item", row["Tyyppi"], row["Sarjanro"])
        return mine.scanned(found, row["Valmistaja"])

    group = "machine"
    for row in mine.rows("koneet.csv", group):
        mine.state(machine(row), adit_countryOfUse=row["Maa"], adit_sharedWith=mine.partner[row["Valmistaja"]])
    for row in mine.rows("sijoitukset.csv", group):
        mine.state(f"placement {row['Rivi']}", adit_placedItem=machine(row),
                   adit_atPlace=iri(mine, "place", row["Alue"]), schema_validFrom=mine.utc(row["Alkaen"]),
                   schema_validThrough=row["Päättyen"] and mine.utc(row["Päättyen"]))
    for row in mine.rows("omistus.csv", group):
        role(mine, f"ownership {row['Rivi']}", machine(row), mine.did, "adit:owner", row["Hankittu"], row["Luovutettu"])
    for row in mine.rows("leasing.csv", group):
        role(mine, f"ownership {row['Sopimus']}", machine(row), mine.partner[row["Vuokraaja"]], "adit:owner",
             row["Alkaen"], row["Päättyen"])
    for row in mine.rows("myynnit.csv", group):
        role(mine, f"ownership {row['Kauppa']}", machine(row), mine.partner[row["Ostaja"]], "adit:owner",
             row["Luovutettu"])
    for row in mine.rows("urakointi.csv", group):
        role(mine, f"operation {row['Sopimus']}", machine(row), mine.partner[row["Urakoitsija"]], "adit:operator",
             row["Alkaen"], row["Päättyen"])
    for row in mine.rows("akunvaihdot.csv", group):
        install(mine, f"swap {row['Rivi']}", mine.scanned(row["Akkutarra"], row["Akkutoimittaja"]), machine(row),
                row["Asennettu"], row["Poistettu"], "=E2", False)
    for row in mine.rows("kayttotunnit.csv", group):
        mine.state(f"hours {row['Konenro']} {row['Kuukausi']}", adit_operatingRecordOf=machine(row),
                   adit_period=row["Kuukausi"], adit_operatingHours=row["Tunnit"].replace(",", "."))


def wire_states(wire: Company, _):
    group = "copper-wire"
    for row in wire.rows("foretag.csv"):
        wire.state(wire.did, schema_legalName=row["Namn"])
    for row in wire.rows("produkter.csv", group):
        wire.state(iri(wire, "model", row["GTIN"]), schema_name=row["Benämning"], schema_manufacturer=wire.did)
    for row in wire.rows("partier.csv", group):
        wire.state(iri(wire, "batch", row["GTIN"], row["Parti"]), schema_name=row["Benämning"],
                   schema_model=iri(wire, "model", row["GTIN"]), adit_deliveredTo=wire.partner[row["Kundnr"]])
    for row in wire.rows("klimat.csv", group):
        footprint(wire, iri(wire, "batch", row["GTIN"], row["Parti"]), row["Metod"], row["kgCO2e_per_kg"], "1",
                  row["Primärdata_procent"])
    for row in wire.rows("atervunnet.csv", group):
        lot = iri(wire, "batch", row["GTIN"], row["Parti"])
        wire.state(lot, adit_recycledContent=f"recycled {lot}")
        wire.state(f"recycled {lot}", adit_ofMaterial="adit:material-copper",
                   adit_preConsumerShare=number(row["Före_konsument"]),
                   adit_postConsumerShare=number(row["Efter_konsument"]))


def battery_states(battery: Company, _):
    group = "battery"

    def pack(row: dict, gtin: str = "GTIN", serial: str = "Sarjanumero") -> str:
        return iri(battery, "item", row[gtin], row[serial])

    for row in battery.rows("yritys.csv"):
        battery.state(battery.did, schema_legalName=row["Nimi"])
    for row in battery.rows("toimittajat.csv"):
        battery.state(battery.partner[row["Numero"]], schema_legalName=row["Nimi"])
    for row in battery.rows("tuotteet.csv", group):
        battery.state(iri(battery, "model", row["GTIN"]), schema_name=row["Nimi"], schema_manufacturer=battery.did,
                      adit_ratedCapacity=number(row["Kapasiteetti_Ah"]),
                      adit_safetyInstructions=document(battery, row["Turvaohje"]),
                      adit_dismantlingInstructions=document(battery, row["Purkuohje"]))
    for row in battery.rows("akut.csv", group):
        battery.state(pack(row), schema_name=row["Nimi"], schema_model=iri(battery, "model", row["GTIN"]),
                      schema_weight=number(row["Paino_kg"]), adit_sharedWith=battery.partner["3002"])
    for row in battery.rows("moduulit.csv", group):
        battery.state(pack(row), schema_name=row["Nimi"], schema_model=iri(battery, "model", row["GTIN"]),
                      schema_manufacturer=battery.partner[row["Toimittaja"]])
        install(battery, f"module {row['Sarjanumero']}", pack(row), pack(row, "Akku_GTIN", "Akku"), row["Asennettu"],
                row["Poistettu"], row["Paikka"], row["Valmistuksessa"] == "K")
    for row in battery.rows("kennot.csv", group):
        install(battery, f"cells {row['Moduuli']}", iri(battery, "batch", row["Kenno_GTIN"], row["Erä"]),
                pack(row, "Moduuli_GTIN", "Moduuli"), row["Asennettu"], "", "", True)
    for file in ("toimitukset.csv", "palautukset.csv"):
        for row in battery.rows(file, group):
            battery.state(pack(row), adit_deliveredTo=battery.partner[row.get("Asiakasnro") or row["Vastaanottaja"]])
    for row in battery.rows("vuokraus.csv", group):
        role(battery, f"ownership {row['Sopimus']}", pack(row), battery.did, "adit:owner", row["Alkaen"], row["Päättyen"])
    for row in battery.rows("myydyt.csv", group):
        role(battery, f"ownership {row['Kauppa']}", pack(row), battery.partner[row["Ostaja"]], "adit:owner",
             row["Alkaen"])
    for row in battery.rows("jalanjaljet.csv", group):
        footprint(battery, iri(battery, "model", row["GTIN"]), row["Laskentaohje"], row["kgCO2e_kpl"], row["Paino_kg"],
                  row["Primääridata_pros"])
    for row in battery.rows("aineet.csv", group):
        substance(battery, iri(battery, "model", row["GTIN"]), row["CAS"], row["Aine"], row["Pitoisuus_pros"],
                  row["Sijainti"])
    for file, column, observed in (("bms3.csv", "remaining_Ah", "remainingCapacity"),
                                   ("bms2.csv", "capacity_fade_pct", "capacityFade"),
                                   ("bms1.csv", "soce_pct", "stateOfCertifiedEnergy")):
        for row in battery.rows(file, group):
            battery.state(f"reading {file} {row['serial']} {row['measured_at']}",
                          sosa_hasFeatureOfInterest=pack(row, "gtin", "serial"),
                          sosa_observedProperty=f"adit:{observed}", sosa_resultTime=battery.utc(row["measured_at"]),
                          sosa_hasResult=number(row[column]))


def document(company: Company, file: str) -> str:
    """An attached file goes by its hash."""
    if not file:
        return ""
    digest = sha256((company.folder / "documents" / file).read_bytes()).hexdigest()
    return f"{company.base}/document/{digest}"


def recycler_states(recycler: Company, _):
    steps = {"gjenvinning": "adit:step-recycling", "ombruk": "adit:step-repurposing",
             "mottak": "cbv:BizStep-collecting"}
    materials = {"kobber": "copper", "aluminium": "aluminium", "stål": "steel", "grafitt": "graphite",
                 "litium": "lithium", "nikkel": "nickel", "kobolt": "cobalt"}
    group = "battery"
    for row in recycler.rows("firma.csv"):
        recycler.state(recycler.did, schema_legalName=row["Navn"])
    for row in [*recycler.rows("mottak.csv", group), *recycler.rows("behandling.csv", group)]:
        step = row.get("Trinn", "mottak")
        recycler.state(f"treatment {row['Ordre']} {step}", epcis_bizStep=steps[step],
                       epcis_epcList=recycler.scanned(row["Etikett"], row["Produsent"]),
                       epcis_eventTime=recycler.utc(row.get("Tidspunkt") or row["Mottatt"]))
    for row in recycler.rows("gjenvunnet.csv", group):
        node = f"recovered {row['Ordre']} {row['Materiale']}"
        recycler.state(f"treatment {row['Ordre']} {row['Trinn']}", adit_recoveredMaterial=node)
        recycler.state(node, adit_ofMaterial=f"adit:material-{materials[row['Materiale']]}",
                       adit_recoveredMass=number(row["Masse_kg"]))
    for row in recycler.rows("ombruk.csv", group):
        recycler.state(iri(recycler, "item", row["Type"], row["Serienr"]), schema_name=row["Navn"],
                       prov_wasDerivedFrom=recycler.scanned(row["Etikett"], row["Produsent"]),
                       adit_productStatus="adit:status-repurposed", adit_deliveredTo=recycler.partner[row["Kunde"]])


def fifth_states(fifth: Company, by_did: dict):
    for row in fifth.rows("huollot.csv", "machine"):
        shop, oem = by_did[fifth.partner[row["Toimittaja"]]], by_did[fifth.partner[row["Valmistaja"]]]
        parent = iri(oem, "item", row["Moduuli"], row["Moduulin_sarjanro"])
        install(fifth, f"workshop {row['Työnro']}", iri(shop, "item", row["Osanumero"], row["Sarjanumero"]), parent,
                row["Asennettu"], "", row["Asema"], False)
        fifth.state(parent, adit_sharedWith=oem.did)


STATES = {"mill": mill_states, "shop": shop_states, "oem": oem_states, "mine": mine_states, "wire": wire_states,
          "battery": battery_states, "recycler": recycler_states, "fifth": fifth_states}
