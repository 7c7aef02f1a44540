// A thin wrapper around ECharts: size, theme, export, and exact values by keyboard.
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { saveCsv, saveFile } from '../format/export';
import { usePalette } from '../state/appearance';
import type { Palette } from '../theme';
import { echarts } from './echarts';

export type Rows = Record<string, string | number | boolean>[];

export interface ChartProps {
  /** Made anew when it or the theme changes; wrap in useCallback. */
  option: (palette: Palette) => EChartsCoreOption;
  height: number;
  label: string;
  /** How many points the arrow keys step through; 0: none. */
  points?: number;
  onClick?: (event: { dataType?: string; data: unknown; dataIndex: number; name: string }) => void;
  handle?: (chart: EChartsType | null) => void;
}

export function Chart({ option, height, label, points = 0, onClick, handle }: ChartProps) {
  const palette = usePalette();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const click = useRef(onClick);
  const cursor = useRef(-1);
  useEffect(() => {
    click.current = onClick;
  });
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const instance = echarts.init(element, undefined, { renderer: 'svg' });
    chart.current = instance;
    handle?.(instance);
    instance.on('click', (event) => click.current?.(event as never));
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      handle?.(null);
      instance.dispose();
      chart.current = null;
    };
  }, [handle]);
  useEffect(() => {
    chart.current?.setOption({ animation: false, aria: { enabled: false }, ...option(palette) }, { notMerge: true });
  }, [option, palette]);
  const step = (by: number) => {
    if (points === 0) return;
    cursor.current = Math.max(0, Math.min(points - 1, cursor.current < 0 ? (by > 0 ? 0 : points - 1) : cursor.current + by));
    chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: cursor.current });
  };
  return (
    <div
      ref={host} className="chart" data-drill={onClick && points > 0 ? 'point' : undefined} style={{ height }} role="img" aria-label={label} tabIndex={points > 0 ? 0 : -1}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') step(1);
        else if (event.key === 'ArrowLeft') step(-1);
        else if (event.key === 'Enter' && cursor.current >= 0) click.current?.({ data: null, dataIndex: cursor.current, name: '' });
        else return;
        event.preventDefault();
      }}
      onBlur={() => chart.current?.dispatchAction({ type: 'hideTip' })}
    />
  );
}

/** Saves a picture as SVG or PNG and its values as CSV. */
export function ExportMenu({ name, svg, rows }: { name: string; svg: () => string | null; rows: () => Rows }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const png = (text: string) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement('canvas');
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      const context = canvas.getContext('2d');
      if (!context) return;
      context.fillStyle = palette.surface;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => blob && saveFile(`${name}.png`, 'image/png', blob));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  };
  const run = (key: string) => {
    if (key === 'csv') return saveCsv(`${name}.csv`, rows());
    const text = svg();
    if (!text) return undefined;
    return key === 'svg' ? saveFile(`${name}.svg`, 'image/svg+xml', text) : png(text);
  };
  return (
    <Dropdown trigger={['click']} menu={{ items: ['svg', 'png', 'csv'].map((key) => ({ key, label: key.toUpperCase() })), onClick: ({ key }) => run(key) }}>
      <Button size="small" type="text" icon={<DownloadOutlined />} aria-label={t('common.export')} />
    </Dropdown>
  );
}

/** The SVG text of a chart that draws with the SVG renderer. */
export function svgOf(chart: EChartsType | null): string | null {
  return (chart as unknown as { renderToSVGString?: () => string } | null)?.renderToSVGString?.() ?? null;
}
