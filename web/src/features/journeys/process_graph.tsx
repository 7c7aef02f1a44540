// The directly-follows graph: boxes are what customers do, lines what they do next; thicker is more often.
import { useMemo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Graph, GraphEdge } from '../../api/generated';
import { compact, duration, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { kNodeHeight, kNodeWidth, layoutGraph, type Placed } from './layout';

const onEnter = (act: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  act();
};

function Box({ node, name, largest, onPick }: { node: Placed; name: string; largest: number; onPick: () => void }) {
  const language = useLanguage();
  const palette = usePalette();
  const border = node.id === 'start' || node.id === 'end';
  const left = node.x - kNodeWidth / 2;
  const top = node.y - kNodeHeight / 2;
  const label = name.length > 20 ? `${name.slice(0, 19)}…` : name;
  return (
    <g className="gnode" tabIndex={0} role="button" data-drill="explained" aria-label={`${name} ${exact(node.count, language)}`} onClick={onPick} onKeyDown={onEnter(onPick)}>
      <title>{`${name}: ${exact(node.count, language)}`}</title>
      <rect x={left} y={top} width={kNodeWidth} height={kNodeHeight} rx={border ? kNodeHeight / 2 : 8} fill={palette.surface} stroke={palette.border} />
      <rect x={left} y={top} width={kNodeWidth} height={kNodeHeight} rx={border ? kNodeHeight / 2 : 8} fill={border ? palette.neutral : palette.accent} stroke={border ? palette.neutral : palette.accent} strokeOpacity={0.5}
        fillOpacity={border ? 0.12 : 0.06 + 0.3 * (node.count / largest)} />
      <text x={node.x} y={node.y - 3} textAnchor="middle" fontSize={12.5} fontWeight={600} fill={palette.text}>{label}</text>
      <text x={node.x} y={node.y + 13} textAnchor="middle" fontSize={11.5} fill={palette.textSecondary}>{compact(node.count, language)}</text>
    </g>
  );
}

export function ProcessGraph({ graph, measure, name, onNode, onEdge }: {
  graph: Graph; measure: 'count' | 'time'; name: (id: string) => string; onNode: (node: { id: string; count: number }) => void; onEdge: (edge: GraphEdge) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const layout = useMemo(() => layoutGraph(graph.nodes, graph.edges), [graph]);
  const largest = Math.max(1, ...graph.nodes.filter((node) => node.id !== 'start' && node.id !== 'end').map((node) => node.count));
  const strongest = Math.max(1, ...graph.edges.map((edge) => edge.count));
  const slowest = Math.max(1, ...graph.edges.map((edge) => edge.median_ms ?? 0));
  const width = (edge: GraphEdge) => 1 + 7 * (measure === 'count' ? edge.count / strongest : Math.sqrt((edge.median_ms ?? 0) / slowest));
  const drawn = layout.routes.toSorted((a, b) => b.edge.count - a.edge.count);
  return (
    <div className="graph-scroll">
      <svg data-testid="process-graph" viewBox={`0 0 ${layout.width} ${layout.height}`} style={{ minWidth: layout.width * 0.72, width: '100%', maxWidth: layout.width * 1.1, margin: '0 auto' }}
        role="group" aria-label={t('journey.graph')} fontFamily="inherit">
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8Z" fill={palette.neutral} /></marker>
        </defs>
        {drawn.toReversed().map(({ edge, path, back }) => {
          const time = edge.median_ms === null ? '' : ` · ${t('journey.median', { time: duration(edge.median_ms, language) })}`;
          const words = `${name(edge.from)} → ${name(edge.to)}: ${exact(edge.count, language)}${time}`;
          return (
            <g key={`${edge.from}>${edge.to}`} className="edge" tabIndex={0} role="button" data-drill="explained" aria-label={words} onClick={() => onEdge(edge)} onKeyDown={onEnter(() => onEdge(edge))}>
              <title>{words}</title>
              <path d={path} fill="none" stroke={measure === 'time' ? palette.bad : palette.neutral} strokeOpacity={back ? 0.4 : 0.55} strokeWidth={width(edge)} {...(back && { strokeDasharray: '6 4' })} markerEnd="url(#arrow)" />
              <path d={path} fill="none" stroke="transparent" strokeWidth={14} style={{ stroke: 'transparent' }} />
            </g>
          );
        })}
        {layout.nodes.map((node) => <Box key={node.id} node={node} name={name(node.id)} largest={largest} onPick={() => onNode(node)} />)}
        {drawn.map(({ edge, labelX, labelY }) => {
          const text = measure === 'count' ? compact(edge.count, language) : edge.median_ms === null ? '' : duration(edge.median_ms, language);
          return text && (
            <text key={`${edge.from}>${edge.to}`} x={labelX} y={labelY + 4} textAnchor="middle" fontSize={11} fill={palette.text} stroke={palette.surface} strokeWidth={4} paintOrder="stroke" pointerEvents="none">{text}</text>
          );
        })}
      </svg>
    </div>
  );
}
