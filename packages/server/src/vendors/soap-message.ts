import { err, ok, type Result } from "@ratchet/stats";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { isObject } from "./json.ts";
import type { VendorFault } from "./vendor.ts";

const DEPTH_MAX = 32;
const CHARS_MAX = 4 * 1024 * 1024;

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  maxNestedTags: DEPTH_MAX,
  isArray: (name) => name === "Notification",
});

/**
 * XML as nested objects: elements by their local name, attributes behind an `@`, all values as text.
 *
 * Document types are refused, so that no entity can be declared, let alone expanded; the five entities that XML itself has, and numeric
 * references, are read.
 */
export function parseSoap(text: string): Result<unknown, VendorFault> {
  if (text.length > CHARS_MAX)
    return err({
      code: "body.too_large",
      message: `the body has ${text.length} characters; at most ${CHARS_MAX} are read`,
    });
  if (/<!(?:DOCTYPE|ENTITY)/iu.test(text))
    return err({ code: "body.has_doctype", message: "a SOAP message must not declare a document type" });
  try {
    if (XMLValidator.validate(text) !== true)
      return err({ code: "body.not_xml", message: "the body is not well-formed XML" });
    const parsed: unknown = parser.parse(text);
    return ok(withEntities(parsed));
  } catch {
    // The library throws for names that could change what objects inherit, and beyond its limits.
    return err({ code: "body.not_xml", message: "the body is not XML that is read here" });
  }
}

function withEntities(value: unknown): unknown {
  if (typeof value === "string") return readEntities(value);
  if (Array.isArray(value)) return value.map(withEntities);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withEntities(inner)]));
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** In one pass, so that an escaped ampersand never makes another entity. */
function readEntities(text: string): string {
  return text.replaceAll(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/gu,
    (entity, name, decimal, hex) => {
      if (typeof name === "string") return NAMED.get(name) ?? entity;
      const point = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
      return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : entity;
    },
  );
}
