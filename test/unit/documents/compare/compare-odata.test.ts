import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareDocuments } from "../../../../src/documents/compare/compare-documents.ts";
import type { Comparison } from "../../../../src/documents/compare/comparison.ts";
import { newDocument } from "../check/check-as.ts";
import { said } from "./compare-as.ts";

function compare(before: unknown, after: unknown): Comparison {
  return compareDocuments(newDocument("odata", "a.xml", before), newDocument("odata", "a.xml", after));
}

const ORDER = `<Key><PropertyRef Name="Id"/></Key>
  <Property Name="Id" Type="Edm.String" Nullable="false" MaxLength="10"/>
  <Property Name="Note" Type="Edm.String"/>
  <Property Name="State" Type="self.State"/>
  <NavigationProperty Name="Lines" Type="Collection(shop.Line)"/>`;

const STATE = `<Member Name="open" Value="0"/><Member Name="done" Value="1"/>`;

const CONTAINER = `<EntitySet Name="Orders" EntityType="shop.Order"/><Singleton Name="Me" Type="shop.Order"/>
  <ActionImport Name="Close" Action="shop.Close"/>`;

const CLOSE = `<Parameter Name="id" Type="Edm.String" Nullable="false"/><ReturnType Type="Edm.Boolean"/>`;

interface Parts {
  readonly order?: string;
  readonly type?: string;
  readonly state?: string;
  readonly container?: string;
  readonly close?: string;
  readonly more?: string;
}

function four({
  order = ORDER,
  type = "",
  state = STATE,
  container = CONTAINER,
  close = CLOSE,
  more = "",
}: Parts) {
  return `<?xml version="1.0"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://edmx.example.com"><edmx:DataServices>
<Schema Namespace="shop" Alias="self" xmlns="http://edm.example.com">
<EntityType Name="Order" ${type}>${order}</EntityType>
<ComplexType Name="Line"><Property Name="Sku" Type="Edm.String"/></ComplexType>
<EnumType Name="State">${state}</EnumType>
<Action Name="Close">${close}</Action>${more}
<EntityContainer Name="Shop">${container}</EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`;
}

const without = (text: string, part: RegExp) => text.replace(part, "");

const rows: readonly { readonly name: string; readonly after: Parts; readonly changes: readonly string[] }[] =
  [
    {
      name: "white space and an alias in place of the namespace",
      after: { order: `\n ${ORDER.replace("self.", "shop.")}` },
      changes: [],
    },
    {
      name: "an entity set is gone and another is new",
      after: { container: CONTAINER.replace('"Orders"', '"Sales"') },
      changes: ["breaking resource-removed /shop/Shop/Orders", "compatible resource-added /shop/Shop/Sales"],
    },
    {
      name: "a set is a set of something else",
      after: { container: CONTAINER.replace('EntityType="shop.Order"', 'EntityType="shop.Line"') },
      changes: ["breaking resource-changed /shop/Shop/Orders"],
    },
    {
      name: "a property is gone",
      after: { order: without(ORDER, /<Property Name="Note"[^>]*>/) },
      changes: ["breaking property-removed /shop/Order/Note"],
    },
    {
      name: "a property that may be null is new",
      after: { order: `${ORDER}<Property Name="At" Type="Edm.Date"/>` },
      changes: ["compatible property-added /shop/Order/At"],
    },
    {
      name: "a property that must be sent is new",
      after: { order: `${ORDER}<Property Name="At" Type="Edm.Date" Nullable="false"/>` },
      changes: ["breaking property-newly-required /shop/Order/At"],
    },
    {
      name: "properties that are filled in are new",
      after: {
        order: `${ORDER}<Property Name="At" Type="Edm.Date" Nullable="false" DefaultValue="2020-01-01"/>
        <Property Name="By" Type="Edm.String" Nullable="false"><Annotation Term="Core.Computed"/></Property>
        <NavigationProperty Name="All" Type="Collection(shop.Order)"/>`,
      },
      changes: [
        "compatible property-added /shop/Order/At",
        "compatible property-added /shop/Order/By",
        "compatible property-added /shop/Order/All",
      ],
    },
    {
      name: "a link to exactly one is new",
      after: { order: `${ORDER}<NavigationProperty Name="Of" Type="shop.Order" Nullable="false"/>` },
      changes: ["breaking property-newly-required /shop/Order/Of"],
    },
    {
      name: "the type of a property changes",
      after: { order: ORDER.replace('"Note" Type="Edm.String"', '"Note" Type="Edm.Int32"') },
      changes: ["breaking type-changed /shop/Order/Note"],
    },
    {
      name: "one becomes many",
      after: { order: ORDER.replace('"Note" Type="Edm.String"', '"Note" Type="Collection(Edm.String)"') },
      changes: ["breaking type-changed /shop/Order/Note"],
    },
    {
      name: "a property must not be null any more",
      after: {
        order: ORDER.replace('"Note" Type="Edm.String"', '"Note" Type="Edm.String" Nullable="false"'),
      },
      changes: ["breaking property-newly-required /shop/Order/Note"],
    },
    {
      name: "a property may be null",
      after: { order: ORDER.replace('Nullable="false" ', "") },
      changes: ["breaking property-now-optional /shop/Order/Id"],
    },
    {
      name: "a text may be longer",
      after: { order: ORDER.replace('MaxLength="10"', 'MaxLength="max"') },
      changes: ["compatible MaxLength-changed /shop/Order/Id"],
    },
    {
      name: "a text must be shorter",
      after: { order: ORDER.replace('MaxLength="10"', 'MaxLength="9"') },
      changes: ["breaking MaxLength-changed /shop/Order/Id"],
    },
    {
      name: "the key has one more part",
      after: { order: ORDER.replace("</Key>", '<PropertyRef Name="Note"/></Key>') },
      changes: ["breaking key-changed /shop/Order"],
    },
    {
      name: "members of an enumeration come, go and change",
      after: { state: '<Member Name="open" Value="5"/><Member Name="lost" Value="1"/>' },
      changes: [
        "breaking enum-changed /shop/State",
        "breaking enum-narrowed /shop/State",
        "breaking enum-widened /shop/State",
      ],
    },
    { name: "an open type is new", after: { type: 'OpenType="true"' }, changes: [] },
    {
      name: "a type cannot be created by itself any more",
      after: { type: 'Abstract="true"' },
      changes: ["breaking abstract-now /shop/Order"],
    },
    {
      name: "properties and key move to a base type",
      after: {
        type: 'BaseType="shop.Base"',
        order: ORDER.slice(ORDER.indexOf('<Property Name="Note"')),
        more: `<EntityType Name="Base">${ORDER.slice(0, ORDER.indexOf('<Property Name="Note"'))}</EntityType>`,
      },
      changes: ["compatible type-added /shop/Base"],
    },
    {
      name: "a type that is derived from itself ends",
      after: { type: 'BaseType="shop.Order"' },
      changes: [],
    },
    {
      name: "a parameter of an action is gone, and what it gives is something else",
      after: { close: '<ReturnType Type="Edm.String"/>' },
      changes: ["breaking type-changed /shop/Close", "breaking parameter-removed /shop/Close"],
    },
    {
      name: "a parameter of an action that may be null is new",
      after: { close: CLOSE.replace("<ReturnType", '<Parameter Name="why" Type="Edm.String"/><ReturnType') },
      changes: ["compatible parameter-added /shop/Close"],
    },
    {
      name: "a parameter of an action that must be sent is new",
      after: {
        close: CLOSE.replace(
          "<ReturnType",
          '<Parameter Name="why" Type="Edm.String" Nullable="false"/><ReturnType',
        ),
      },
      changes: ["breaking parameter-newly-required /shop/Close"],
    },
    {
      name: "a function is new, and an overload of it",
      after: {
        more: `<Function Name="Sum"><ReturnType Type="Edm.Int32"/></Function>
        <Function Name="Sum"><Parameter Name="of" Type="Edm.String"/><ReturnType Type="Edm.Int32"/></Function>`,
      },
      changes: ["compatible operation-added /shop/Sum"],
    },
  ];

for (const { name, after, changes } of rows) {
  test(`comparison of OData - ${name}`, () => {
    const comparison = compare(`${four({})}\n`, four(after));
    assert.deepEqual(new Set(said(comparison)), new Set(changes));
    const breaking = changes.some((change) => change.startsWith("breaking"));
    assert.equal(comparison.verdict, breaking ? "breaking" : changes.length > 0 ? "compatible" : "unchanged");
  });
}

test("comparison of OData - what is taken away is the other way round", () => {
  const more = `<Function Name="Sum"><ReturnType Type="Edm.Int32"/></Function>`;
  const { verdict } = compare(four({ more, type: 'OpenType="true" HasStream="true"' }), four({}));
  assert.equal(verdict, "breaking");
  assert.deepEqual(said(compare(four({ more }), four({}))), ["breaking operation-removed /shop/Sum"]);
});

/** With associations beside the types, as V2 and V3 have them. */
const two = (multiplicity: string, parameter = "") => `<edmx:Edmx Version="1.0" xmlns:edmx="x" xmlns:m="y">
<edmx:DataServices m:DataServiceVersion="2.0"><Schema Namespace="N">
<EntityType Name="Order"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String" Nullable="false"/>
<NavigationProperty Name="Customer" Relationship="N.Buys" FromRole="Order" ToRole="Customer"/></EntityType>
<EntityType Name="Customer"><Property Name="Id" Type="Edm.String"/></EntityType>
<Association Name="Buys"><End Role="Order" Type="N.Order" Multiplicity="*"/>
<End Role="Customer" Type="N.Customer" Multiplicity="${multiplicity}"/></Association>
<EntityContainer Name="C"><EntitySet Name="Orders" EntityType="N.Order"/>
<FunctionImport Name="Top" ReturnType="Collection(N.Order)" EntitySet="Orders" m:HttpMethod="GET">${parameter}</FunctionImport>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;

test("comparison of OData - V2 has its links in associations and its functions in the container", () => {
  assert.deepEqual(said(compare(two("1"), `${two("1")}\n`)), []);
  assert.deepEqual(said(compare(two("1"), two("*"))), ["breaking type-changed /N/Order/Customer"]);
  assert.deepEqual(said(compare(two("1"), two("1", '<Parameter Name="n" Type="Edm.Int32"/>'))), [
    "breaking parameter-newly-required /N/C/Top",
  ]);
  assert.equal(compare(two("1"), four({})).changes[0]?.kind, "protocol-changed");
});

const json = {
  $Version: "4.01",
  shop: {
    $Alias: "self",
    Order: {
      $Kind: "EntityType",
      $Key: ["Id"],
      Id: { $MaxLength: 10 },
      Note: { $Nullable: true },
      State: { $Type: "self.State", $Nullable: true },
      Lines: { $Kind: "NavigationProperty", $Type: "shop.Line", $Collection: true },
    },
    Line: { $Kind: "ComplexType", Sku: { $Nullable: true } },
    State: { $Kind: "EnumType", open: 0, done: 1 },
    Close: [{ $Kind: "Action", $Parameter: [{ $Name: "id" }], $ReturnType: { $Type: "Edm.Boolean" } }],
    Shop: {
      $Kind: "EntityContainer",
      Orders: { $Type: "self.Order", $Collection: true },
      Me: { $Type: "shop.Order" },
      Close: { $Action: "shop.Close" },
    },
  },
};

test("comparison of OData - CSDL in JSON says the same as in XML, and changes alike", () => {
  assert.deepEqual(said(compare(four({}), json)), []);
  const { shop } = json;
  const changed = {
    ...json,
    shop: { ...shop, State: { $Kind: "EnumType", open: 0 }, Order: { ...shop.Order, At: {} } },
  };
  assert.deepEqual(said(compare(json, changed)), [
    "breaking property-newly-required /shop/Order/At",
    "breaking enum-narrowed /shop/State",
  ]);
});

test("comparison of OData - a page of HTML and entities have no verdict", () => {
  for (const text of [
    "<html><body/></html>",
    `<!DOCTYPE x [<!ENTITY a "b">]>${four({}).replace(/^<\?.*\?>/, "")}`,
  ]) {
    const { verdict, reason } = compare(four({}), text);
    assert.deepEqual([verdict, reason], ["unknown", "the later document is no description of an interface"]);
  }
});

test("comparison of OData - anything in CSDL has an outcome", () => {
  const member = fc.dictionary(
    fc.constantFrom("$Kind", "$Type", "$Key", "$BaseType", "$Parameter", "$ReturnType", "Id", "__proto__"),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("EntityType", "Action", "EntityContainer", "shop.A", "EnumType"),
    ),
  );
  const document = fc.record({
    $Version: fc.constant("4.0"),
    shop: fc.dictionary(
      fc.constantFrom("A", "B", "$Alias", "constructor"),
      fc.oneof(member, fc.array(member), fc.jsonValue()),
    ),
  });
  fc.assert(
    fc.property(document, document, (before, after) => {
      const { verdict, reason } = compare(before, after);
      assert.notEqual(reason, "the documents cannot be read");
      assert.notEqual(verdict, "unknown");
    }),
  );
});
