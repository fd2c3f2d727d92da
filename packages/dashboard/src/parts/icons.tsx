import type { ReactNode } from "react";

/** 16-pixel line icons, drawn here: a set from npm would weigh more than all of these screens. */
function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const TodayIcon = () => (
  <Icon>
    <path d="M2 12.5 6 8l3 2.5L14 4" />
    <path d="M10.5 4H14v3.5" />
  </Icon>
);
export const ChangesIcon = () => (
  <Icon>
    <path d="M3 5h8.5M9 2.5 11.5 5 9 7.5M13 11H4.5M7 8.5 4.5 11 7 13.5" />
  </Icon>
);
export const DecisionsIcon = () => (
  <Icon>
    <circle cx="3.5" cy="8" r="1.5" />
    <path d="M5 8h3l3-4h2.5M8 8l3 4h2.5" />
  </Icon>
);
export const ResultsIcon = () => (
  <Icon>
    <path d="M8 2v12M3 5h7M6 8h7.5M2.5 11H8" />
    <path d="M6.5 4.2v1.6M10 7.2v1.6M5 10.2v1.6" />
  </Icon>
);
export const HistoryIcon = () => (
  <Icon>
    <path d="M2.5 8a5.5 5.5 0 1 0 1.7-4L2.5 5.5M2.5 2.5v3h3M8 5v3l2 1.5" />
  </Icon>
);
export const ImportIcon = () => (
  <Icon>
    <path d="M8 2v8M5 7l3 3 3-3M2.5 11v2.5h11V11" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M13.5 9.5A5.75 5.75 0 0 1 6.5 2.5a5.75 5.75 0 1 0 7 7Z" />
  </Icon>
);
export const KeyboardIcon = () => (
  <Icon>
    <rect x="1.5" y="4" width="13" height="8" rx="1.5" />
    <path d="M4 6.75h.01M6.7 6.75h.01M9.3 6.75h.01M12 6.75h.01M5 9.5h6" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.5 3.5L13 4.5" />
  </Icon>
);
export const SignOutIcon = () => (
  <Icon>
    <path d="M6.5 2.5h-3v11h3M7 8h6.5M11 5.5 13.5 8 11 10.5" />
  </Icon>
);
