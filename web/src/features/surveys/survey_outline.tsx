// Pages and questions in their order: dragged, or moved by keys and buttons; added, changed and taken away.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, EditOutlined, HolderOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown, Space } from 'antd';
import { useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n';
import { listIn, moved, outlineOf, step, type OutlinePage, type Place } from './outline';
import { PageForm } from './page_form';
import { QuestionForm } from './question_form';
import { isKind, kKinds, withNewPage, withNewQuestion, without, withPage, withQuestion, type Kind } from './questions';

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
  onEdit: (place: Place) => void;
  onRemove: (place: Place) => void;
}

function Row({ place, label, note, pages, disabled, isOver, onMove, onDrag, onOver, onDrop, onEdit, onRemove }: RowProps) {
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
          <Button size="small" icon={<EditOutlined />} aria-label={t('builder.edit', { what: label })} onClick={() => onEdit(place)} />
          <Button size="small" icon={<DeleteOutlined />} aria-label={t('builder.remove', { what: label })} disabled={pages.length === 1 && (isPage || pages[0]?.questions.length === 1)} onClick={() => onRemove(place)} />
          <Button size="small" icon={<ArrowUpOutlined />} aria-label={t('builder.up', { what: label })} disabled={!step(pages, place, -1)} onClick={() => go(-1)} />
          <Button size="small" icon={<ArrowDownOutlined />} aria-label={t('builder.down', { what: label })} disabled={!step(pages, place, 1)} onClick={() => go(1)} />
        </Space.Compact>
      )}
    </div>
  );
}

const same = (one: Place | undefined, other: Place) => one?.page === other.page && one.question === other.question;

/** A button that asks for the type of question to make. */
function AddQuestion({ label, onAdd }: { label: string; onAdd: (kind: Kind) => void }) {
  const { t } = useTranslation();
  return (
    <Dropdown trigger={['click']} menu={{ items: kKinds.map((key) => ({ key, label: t(`builder.kind_${key}`) })), onClick: ({ key }) => { if (isKind(key)) onAdd(key); } }}>
      <Button size="small" type="dashed" icon={<PlusOutlined />}>{label}</Button>
    </Dropdown>
  );
}

export function SurveyOutline({ document, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [from, setFrom] = useState<Place>();
  const [over, setOver] = useState<Place>();
  const [edited, setEdited] = useState<Place & { fresh?: true }>();
  const pages = outlineOf(document, language === 'zh' ? 'zh' : 'en');
  const move = (source: Place, to: Place) => onChange(moved(document, source, to));
  const drop = (to: Place) => {
    setOver(undefined);
    // A question dropped on a page's own row becomes its first; a page goes before the page that it is dropped on.
    if (from) move(from, from.question === undefined ? { page: to.page } : { page: to.page, question: to.question ?? 0 });
    setFrom(undefined);
  };
  const place = edited?.question === undefined ? undefined : { page: edited.page, question: edited.question };
  const question = place && listIn(listIn(document, 'pages')[place.page], 'questions')[place.question];
  const done = (next: Record<string, unknown>) => {
    onChange(next);
    setEdited(undefined);
  };
  const close = () => {
    if (edited?.fresh) onChange(without(document, edited));  // it was never taken over
    setEdited(undefined);
  };
  const add = (page: number, kind: Kind) => {
    onChange(withNewQuestion(document, page, kind));
    setEdited({ page, question: pages[page]?.questions.length ?? 0, fresh: true });
  };
  const addPage = (kind: Kind) => {
    onChange(withNewPage(document, kind));
    setEdited({ page: pages.length, question: 0, fresh: true });
  };
  const common = { pages, disabled, onMove: move, onDrag: setFrom, onOver: setOver, onDrop: drop, onEdit: setEdited, onRemove: (at: Place) => onChange(without(document, at)) };
  return (
    <>
      <p className="muted small" style={{ marginTop: 0 }}>{t('builder.order_note')}</p>
      <div role="list" aria-label={t('builder.order')}>
        {pages.map((page, index) => (
          <div key={page.id || index}>
            <Row {...common} place={{ page: index }} label={page.title || t('builder.page_n', { n: index + 1 })} note={page.id} isOver={same(over, { page: index })} />
            {page.questions.map((question, at) => <Row key={question.id || at} {...common} place={{ page: index, question: at }} label={question.text || question.id} note={`${question.id} · ${isKind(question.type) ? t(`builder.kind_${question.type}`) : question.type}${question.conditional ? ` · ${t('builder.conditional')}` : ''}`} isOver={same(over, { page: index, question: at })} />)}
            {!disabled && <div style={{ margin: '2px 0 8px 28px' }}><AddQuestion label={t('builder.add_question')} onAdd={(kind) => add(index, kind)} /></div>}
          </div>
        ))}
      </div>
      {!disabled && <AddQuestion label={t('builder.add_page')} onAdd={addPage} />}
      {place && question && <QuestionForm key={`${place.page}.${place.question}`} document={document} place={place} question={question} onDone={(next) => done(withQuestion(document, place, next))} onClose={close} />}
      {edited && !place && <PageForm key={edited.page} document={document} at={edited.page} onDone={(change) => done(withPage(document, edited.page, change))} onClose={() => setEdited(undefined)} />}
    </>
  );
}
