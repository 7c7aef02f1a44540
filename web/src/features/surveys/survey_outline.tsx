// Pages and questions in their order: dragged, or moved by keys and buttons.
import { ArrowDownOutlined, ArrowUpOutlined, HolderOutlined } from '@ant-design/icons';
import { Button, Space } from 'antd';
import { useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n';
import { moved, outlineOf, step, type OutlinePage, type Place } from './outline';

interface Props { document: Record<string, unknown>; disabled: boolean; onChange: (document: Record<string, unknown>) => void }

interface RowProps {
  place: Place;
  label: string;
  note: string;
  pages: OutlinePage[];
  disabled: boolean;
  isOver: boolean;
  onMove: (from: Place, to: Place) => void;
  onDrag: (from: Place | undefined) => void;
  onOver: (to: Place | undefined) => void;
  onDrop: (to: Place) => void;
}

function Row({ place, label, note, pages, disabled, isOver, onMove, onDrag, onOver, onDrop }: RowProps) {
  const { t } = useTranslation();
  const isPage = place.question === undefined;
  const go = (by: 1 | -1) => {
    const to = step(pages, place, by);
    if (to) onMove(place, to);
  };
  const keys = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    if (!disabled) go(event.key === 'ArrowDown' ? 1 : -1);
  };
  const over = (event: DragEvent) => { event.preventDefault(); onOver(place); };
  return (
    <div
      role="listitem" draggable={!disabled} onKeyDown={keys} onDragStart={() => onDrag(place)} onDragEnd={() => onDrag(undefined)}
      onDragOver={over} onDrop={(event) => { event.preventDefault(); onDrop(place); }}
      style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '6px 8px', marginInlineStart: isPage ? 0 : 20, borderTop: isOver ? '2px solid var(--accent)' : '1px solid var(--border)', cursor: disabled ? 'default' : 'grab', fontWeight: isPage ? 600 : 400 }}
    >
      <HolderOutlined aria-hidden style={{ opacity: 0.5 }} />
      <span style={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }}>{label} <span className="muted small">{note}</span></span>
      {!disabled && (
        <Space.Compact>
          <Button size="small" icon={<ArrowUpOutlined />} aria-label={t('builder.up', { what: label })} disabled={!step(pages, place, -1)} onClick={() => go(-1)} />
          <Button size="small" icon={<ArrowDownOutlined />} aria-label={t('builder.down', { what: label })} disabled={!step(pages, place, 1)} onClick={() => go(1)} />
        </Space.Compact>
      )}
    </div>
  );
}

const same = (one: Place | undefined, other: Place) => one?.page === other.page && one.question === other.question;

export function SurveyOutline({ document, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [from, setFrom] = useState<Place>();
  const [over, setOver] = useState<Place>();
  const pages = outlineOf(document, language === 'zh' ? 'zh' : 'en');
  const move = (source: Place, to: Place) => onChange(moved(document, source, to));
  const drop = (to: Place) => {
    setOver(undefined);
    // A question dropped on a page's own row becomes its first; a page goes before the page that it is dropped on.
    if (from) move(from, from.question === undefined ? { page: to.page } : { page: to.page, question: to.question ?? 0 });
    setFrom(undefined);
  };
  const common = { pages, disabled, onMove: move, onDrag: setFrom, onOver: setOver, onDrop: drop };
  return (
    <>
      <p className="muted small" style={{ marginTop: 0 }}>{t('builder.order_note')}</p>
      <div role="list" aria-label={t('builder.order')}>
        {pages.map((page, index) => (
          <div key={page.id || index}>
            <Row {...common} place={{ page: index }} label={page.title || t('builder.page_n', { n: index + 1 })} note={page.id} isOver={same(over, { page: index })} />
            {page.questions.map((question, at) => <Row key={question.id || at} {...common} place={{ page: index, question: at }} label={question.text || question.id} note={`${question.id} · ${question.type}`} isOver={same(over, { page: index, question: at })} />)}
          </div>
        ))}
      </div>
    </>
  );
}
