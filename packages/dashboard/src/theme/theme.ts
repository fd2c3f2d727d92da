import { createTheme, type CSSVariablesResolver } from "@mantine/core";

const SANS =
  'Inter, "SF Pro Text", -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace';

/** Mantine in our colours. Shade 8 of the default blue is the first whose buttons pass AA; ours is built so that 7 does. */
export const theme = createTheme({
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: { fontFamily: SANS, fontWeight: "650" },
  colors: {
    ink: ["#eef0fc", "#dcdff8", "#b9c0f0", "#96a1ea", "#8f9cf2", "#6d7ce3", "#4f5fd0", "#3d4cb8", "#333f9a", "#29337c"],
  },
});

/** Mantine's own surfaces take our variables, which theme.css gives for light and dark. */
export const variables: CSSVariablesResolver = () => {
  const surfaces = {
    "--mantine-color-body": "var(--panel)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--dim)",
    "--mantine-color-placeholder": "var(--dim)",
    "--mantine-color-default-border": "var(--line)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-default": "var(--panel)",
    "--mantine-color-default-hover": "var(--sunken)",
  };
  return { variables: {}, light: surfaces, dark: surfaces };
};
