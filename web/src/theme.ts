// Colours and antd tokens. Good and bad are teal and vermilion: apart in hue and lightness for every kind of
// colour vision, and never the only sign (an arrow or a word goes with them). Contrast on their background
// is at least 4.5 : 1.
import { theme as antdTheme, type ThemeConfig } from 'antd';

export interface Palette {
  dark: boolean;
  good: string;
  bad: string;
  neutral: string;
  accent: string;
  text: string;
  textSecondary: string;
  border: string;
  surface: string;
  canvas: string;
  /** Categories, such as channels: Okabe-Ito, told apart by colour-blind readers. */
  series: string[];
  promoter: string;
  passive: string;
  detractor: string;
}

export const kLight: Palette = {
  dark: false,
  good: '#0b7a6f', bad: '#c2410c', neutral: '#5b6472', accent: '#1f5fbf',
  text: '#1b2430', textSecondary: '#5b6472', border: '#e4e8ee', surface: '#ffffff', canvas: '#f5f7fa',
  series: ['#1f5fbf', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a6fd0', '#8a8f98', '#b8a100', '#4b5563'],
  promoter: '#0b8a7d', passive: '#b4bcc8', detractor: '#d1561f',
};

export const kDark: Palette = {
  dark: true,
  good: '#4cc9b8', bad: '#ff9a6b', neutral: '#9aa5b4', accent: '#6aa5ff',
  text: '#e6eaf0', textSecondary: '#9aa5b4', border: '#2b3442', surface: '#171d27', canvas: '#0f141c',
  series: ['#6aa5ff', '#f0b429', '#2fc79a', '#e39cc4', '#7fcdf5', '#ff8a4c', '#a69bf0', '#a8b0bc', '#d9c94a', '#cbd5e1'],
  promoter: '#3bb8a7', passive: '#5d6878', detractor: '#f0834d',
};

export function antdConfig(palette: Palette): ThemeConfig {
  return {
    algorithm: palette.dark ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: palette.accent,
      colorInfo: palette.accent,
      colorSuccess: palette.good,
      colorSuccessBg: palette.dark ? '#12332f' : '#e2f3f0',
      colorSuccessBorder: palette.dark ? '#1f5750' : '#a9d9d1',
      colorError: palette.bad,
      colorTextBase: palette.text,
      colorBgBase: palette.dark ? '#10151d' : '#ffffff',
      colorBgLayout: palette.canvas,
      colorBgContainer: palette.surface,
      colorBorderSecondary: palette.border,
      colorTextSecondary: palette.textSecondary,
      colorTextTertiary: palette.textSecondary,
      colorTextDescription: palette.textSecondary,
      borderRadius: 8,
      fontSize: 14,
      fontFamily: '"Inter", "Segoe UI", -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans", sans-serif',
      motionDurationMid: '0.15s',
    },
    components: {
      Layout: { siderBg: palette.surface, headerBg: palette.surface, bodyBg: palette.canvas, headerHeight: 56, headerPadding: '0 16px' },
      Menu: { itemBg: 'transparent', itemHeight: 38, itemBorderRadius: 8, activeBarBorderWidth: 0 },
      Table: { headerBg: 'transparent', cellPaddingBlock: 10, headerSplitColor: 'transparent' },
      Tabs: { horizontalMargin: '0 0 16px 0' },
    },
  };
}
