import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme } from '@mantine/core';

// The green of a bottle.
const bottle: MantineColorsTuple = [
  '#eef7f2',
  '#dcece4',
  '#b7d9c9',
  '#8dc5ab',
  '#69b391',
  '#4fa47f',
  '#3f9873',
  '#2d7d5c',
  '#20684b',
  '#1a563e',
];

// Warm greys: paper by day, cork by night.
const dark: MantineColorsTuple = [
  '#eceae6',
  '#d3d0ca',
  '#b3afa8',
  '#8f8b84',
  '#55524d',
  '#403d39',
  '#33312d',
  '#242220',
  '#1a1917',
  '#121110',
];

const gray: MantineColorsTuple = [
  '#faf9f6',
  '#f3f1ec',
  '#e8e5de',
  '#dbd7ce',
  '#c7c2b8',
  '#a8a297',
  '#7d776d',
  '#5c574f',
  '#3b3833',
  '#24221f',
];

export const theme = createTheme({
  primaryColor: 'bottle',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  colors: { bottle, dark, gray },
  white: '#ffffff',
  black: '#24221f',
  fontFamily: "'Inter', 'Inter Fallback', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: {
    fontFamily: "'Inter', 'Inter Fallback', system-ui, sans-serif",
    fontWeight: '650',
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Modal: { defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Paper: { defaultProps: { radius: 'lg' } },
    Button: { defaultProps: { radius: 'md' } },
    Skeleton: { defaultProps: { radius: 'md' } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#faf9f6',
    '--mantine-color-dimmed': '#66615a',
    '--mantine-color-placeholder': '#76716a',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#1a563e',
    '--mantine-color-red-light': '#fcebe9',
    '--mantine-color-red-light-color': '#8f2019',
    '--mantine-color-blue-light': '#e8f0fb',
    '--mantine-color-blue-light-color': '#174a84',
    '--mantine-color-yellow-light': '#fdf3da',
    '--mantine-color-yellow-light-color': '#6b4700',
    '--mantine-color-bottle-light': '#e6f2ec',
    '--mantine-color-bottle-light-color': '#1a563e',
    '--shop-surface': '#ffffff',
    '--shop-border': '#e8e5de',
  },
  dark: {
    '--mantine-color-body': '#171614',
    '--mantine-color-dimmed': '#aba69e',
    '--mantine-color-placeholder': '#96918a',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-anchor': '#7cc7a6',
    '--mantine-color-red-light': '#371d1a',
    '--mantine-color-red-light-color': '#ffb4ac',
    '--mantine-color-blue-light': '#1b2a3a',
    '--mantine-color-blue-light-color': '#a9cffb',
    '--mantine-color-yellow-light': '#33290f',
    '--mantine-color-yellow-light-color': '#f3cf7f',
    '--mantine-color-bottle-light': '#1d3329',
    '--mantine-color-bottle-light-color': '#9ad7bb',
    '--shop-surface': '#201e1c',
    '--shop-border': '#34312d',
  },
});
