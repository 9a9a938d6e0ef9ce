import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAs, said } from "./check-as.ts";

const V4 = `<?xml version="1.0" encoding="utf-8"?>
<!-- generated -->
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.example.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Shop" xmlns="http://docs.example.org/odata/ns/edm">
      <EntityType Name="Order"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32"/></EntityType>
      <Function Name="Newest"><ReturnType Type="Shop.Order"/></Function>
      <EntityContainer Name="Container">
        <EntitySet Name="Orders" EntityType="Shop.Order"/>
        <Singleton Name="Me" Type="Shop.Order"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`;

const V2 = `<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.example.com/ado/2007/06/edmx">
  <edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.example.com/ado/2007/08/dataservices/metadata">
    <Schema Namespace="Shop" xmlns="http://schemas.example.com/ado/2008/09/edm"/>
  </edmx:DataServices>
</edmx:Edmx>`;

test("odata - the metadata document of V4 and its names are known", () => {
  assert.deepEqual(checkAs("odata", "odata.xml", V4), {
    format: "odata",
    version: "4.0",
    converted: undefined,
    findings: [],
    metadata: {
      title: "Shop",
      namespaces: ["Shop"],
      entitySets: ["Orders", "Me"],
      entityTypes: ["Order"],
      operations: ["Newest"],
    },
    outcome: { phase: "Ready", reason: "Uploaded", message: "Asset content has been uploaded" },
  });
});

for (const version of ["1.0", "2.0", "3.0"]) {
  test(`odata - V${version} says its version of its services`, () => {
    const text = V2.replace('DataServiceVersion="2.0"', `DataServiceVersion="${version}"`);
    const checked = checkAs("odata", "odata.xml", text);
    assert.deepEqual([checked.version, checked.findings], [version, []]);
  });
}

test("odata - it is known by its root, whatever it was declared as, and in UTF-16 too", () => {
  assert.equal(checkAs("openapi", "apiSpec.json", V4).format, "odata");
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(V4, "utf16le")]);
  assert.deepEqual(checkAs("odata", "odata.xml", utf16).findings, []);
});

test("odata - what is missing is said", () => {
  const findings: readonly (readonly [string, readonly string[]])[] = [
    ["<Edmx Version='4.0'/>", ["error /Edmx:? It must have an element DataServices."]],
    [
      "<Edmx Version='4.0'><DataServices/></Edmx>",
      ["error /Edmx/DataServices:? It must have at least one element Schema."],
    ],
    [
      "<Edmx><DataServices><Schema/></DataServices></Edmx>",
      [
        "error /Edmx:? It must have an attribute Version.",
        "error /Edmx/DataServices/Schema/0:? It must have an attribute Namespace.",
      ],
    ],
    ["<feed/>", ["error :? The root element of an OData metadata document must be edmx:Edmx."]],
    [
      "<Edmx>\n<DataServices>\n</Edmx>",
      [
        "error :3 The text is not XML: Expected closing tag 'DataServices' (opened in line 2, col 1) instead of closing tag 'Edmx'.",
      ],
    ],
  ];
  for (const [text, expected] of findings) {
    const checked = checkAs("odata", "odata.xml", text);
    assert.deepEqual(said(checked), expected);
    assert.deepEqual([checked.format, checked.outcome.reason], ["odata", "ValidationFailed"]);
  }
});

test("odata - a DOCTYPE is refused, and its entities are not expanded", () => {
  const text = `<?xml version="1.0"?><!DOCTYPE Edmx [<!ENTITY a SYSTEM "file:///etc/passwd">]>${V4.slice(V4.indexOf("<edmx"))}`;
  assert.deepEqual(said(checkAs("odata", "odata.xml", text)), [
    "error :? The XML has a DOCTYPE, which is refused: it can declare entities.",
  ]);
  const named = V4.replace('Name="Orders"', 'Name="&unknown;"');
  assert.deepEqual(checkAs("odata", "odata.xml", named).metadata["entitySets"], ["&unknown;", "Me"]);
});

test("odata - names of elements that every object inherits do no harm", () => {
  const inner = "<__proto__ a='1'><x/></__proto__><constructor/><hasOwnProperty/>";
  const checked = checkAs("odata", "odata.xml", V4.replace("<EntityType", `${inner}<EntityType`));
  assert.equal(checked.format, "odata");
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test("odata - JSON of CSDL is known by its version", () => {
  const json = {
    $Version: "4.01",
    $EntityContainer: "Shop.Container",
    Shop: {
      Order: { $Kind: "EntityType" },
      Newest: [{ $Kind: "Function" }],
      Container: { $Kind: "EntityContainer", Orders: { $Collection: true, $Type: "Shop.Order" } },
    },
  };
  const checked = checkAs("odata", "odata.json", json);
  assert.deepEqual([checked.format, checked.version, checked.findings], ["odata", "4.01", []]);
  assert.deepEqual(checked.metadata, {
    title: "Shop",
    namespaces: ["Shop"],
    entitySets: ["Orders"],
    entityTypes: ["Order"],
    operations: ["Newest"],
  });
  assert.deepEqual(said(checkAs("odata", "odata.json", { $Version: "3.0", Shop: 1 })), [
    'error /$Version:1 It must be "4.0" or "4.01": older versions have no JSON.',
    "error /Shop:1 A schema must be an object.",
  ]);
});

test("odata - the page of a server in place of a specification is unknown", () => {
  const checked = checkAs(
    "openapi",
    "apiSpec.json",
    "<!DOCTYPE html><html><body><p>Sign in<br></body></html>",
  );
  assert.deepEqual([checked.format, checked.outcome.phase], ["unknown", "Ready"]);
  assert.equal(checked.findings[0]?.severity, "info");
});

test("odata - a page that is well-formed XML, or plain text, in place of a specification is told", () => {
  const kept = "info :? It is no OpenAPI, AsyncAPI or OData document: it is kept as it is.";
  for (const content of ["<html><body>Sign in</body></html>", "Please sign in"]) {
    const checked = checkAs("openapi", "apiSpec.txt", content);
    assert.deepEqual([checked.format, checked.outcome.phase, said(checked)], ["unknown", "Ready", [kept]]);
  }
  assert.deepEqual(said(checkAs("docs", "page.html", "<html><body>Sign in</body></html>")), []);
});
