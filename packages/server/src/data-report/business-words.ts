/**
 * Words that categories in sales and marketing data are made of: industries, functions, channels, stages. A category that is one letter
 * away from one of them, and is none itself, is probably misspelt.
 */
export const BUSINESS_WORDS: ReadonlySet<string> = new Set(
  `accounting advertising aerospace affiliate agency agriculture airlines analytics apparel appliances architecture automotive aviation
  banking beverage beverages biotechnology broadcast business campaign catering chemical chemicals closed commerce commercial computer
  conference construction consulting consumer corporate cosmetics customer defense delivery dentistry design director direct discovery
  display distribution ecommerce education electrical electronics email employment energy engineering enterprise entertainment environment
  equipment event events executive facilities fashion finance financial fitness food forestry furniture gaming government grocery
  hardware health healthcare hospital hospitality household industrial industry information infrastructure insurance internet investment
  jewelry legal leisure library logistics lost luxury machinery maintenance management manager manufacturing maritime marketing material
  materials media medical medicine military mining mobile music negotiation network networking newsletter nonprofit online operations
  organic partner payment payroll petroleum pharmaceutical pharmaceuticals pharmacy phone photography printing procurement product
  production professional property proposal prospecting publishing qualification qualified recreation recruiting recruitment referral
  religious research restaurant restaurants retail robotics sales science search security semiconductor service services shipping social
  software sponsorship sports staffing standard supplier support technical technology telecom telecommunication telecommunications
  television textile textiles tourism trade training transport transportation travel utilities utility venture veterinary warehouse
  warehousing webinar website wholesale wireless`
    .split(/\s+/u)
    .filter((word) => word !== ""),
);
