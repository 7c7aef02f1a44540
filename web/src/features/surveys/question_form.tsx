// One question of a survey: its type, words in both languages, what the type has, and when it is shown.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Modal, Select, Switch } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Json } from './outline';
import { asKind, choicesOf, compact, earlier, freshId, idsIn, isKind, kFields, kKinds, kNumbers, wordsOf, type Choice, type Kind, type Words } from './questions';
import { RuleRows } from './rule_rows';
import { WordsInput } from './words_input';

const kId = /^[a-z0-9_-]{1,64}$/;
const kInstruments = ['csat', 'ces', 'review'];

function Line({ label, children }: { label: string; children: ReactNode }) {
  return <label className="form-line"><span className="muted small">{label}</span>{children}</label>;
}

function Choices({ label, choices, base, onChange }: { label: string; choices: Choice[]; base: string; onChange: (choices: Choice[]) => void }) {
  const { t } = useTranslation();
  const put = (at: number, next: Choice) => onChange(choices.map((one, n) => (n === at ? next : one)));
  const word = (choice: Choice, at: number, language: keyof Words) => (
    <Input aria-label={`${label} ${at + 1} (${t(`builder.in_${language}`)})`} placeholder={t(`builder.in_${language}`)} value={choice.text[language] ?? ''} onChange={(event) => put(at, { ...choice, text: { ...choice.text, [language]: event.target.value } })} />
  );
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      <span className="muted small">{label}</span>
      {choices.map((choice, at) => (
        <div key={at} className="choice-row">
          {word(choice, at, 'zh')}{word(choice, at, 'en')}
          <Input aria-label={`${label} ${at + 1} (${t('builder.id')})`} value={choice.id} onChange={(event) => put(at, { ...choice, id: event.target.value })} />
          <Button type="text" danger icon={<DeleteOutlined />} aria-label={t('builder.remove', { what: choice.id })} disabled={choices.length <= 1} onClick={() => onChange(choices.filter((_, n) => n !== at))} />
        </div>
      ))}
      <div><Button size="small" icon={<PlusOutlined />} onClick={() => onChange([...choices, { id: freshId(choices.map((one) => one.id), base), text: {} }])}>{t('builder.add_choice')}</Button></div>
    </div>
  );
}

/** The choice without empty words, as a document holds it. */
const asJson = (choices: Choice[]) => choices.map((choice) => ({ id: choice.id, text: wordsOf(compact({ text: choice.text }).text) }));

function KindFields({ question, scores, set }: { question: Json; scores: Json[]; set: (change: Json) => void }) {
  const { t } = useTranslation();
  const has = (field: string) => isKind(question.type) && kFields[question.type].some((one) => one === field);
  return (
    <>
      {has('options') && <Choices label={t('builder.options')} base="option" choices={choicesOf(question, 'options')} onChange={(options) => set({ options })} />}
      {has('rows') && <Choices label={t('builder.rows')} base="row" choices={choicesOf(question, 'rows')} onChange={(rows) => set({ rows })} />}
      <div className="form-lines">
        {kNumbers.filter(has).map((field) => <Line key={field} label={t(`builder.${field}`)}><InputNumber value={question[field] === undefined ? null : Number(question[field])} precision={0} style={{ width: '100%' }} onChange={(value) => set({ [field]: value ?? undefined })} /></Line>)}
        {has('instrument') && <Line label={t('builder.instrument')}><Select allowClear value={typeof question.instrument === 'string' ? question.instrument : null} placeholder={t('builder.instrument_none')} options={[...new Set([...kInstruments, ...(typeof question.instrument === 'string' ? [question.instrument] : [])])].map((value) => ({ value, label: value }))} onChange={(instrument?: string) => set({ instrument })} /></Line>}
        {has('by') && <Line label={t('builder.by')}><Select value={String(question.by ?? 'email')} options={['email', 'phone'].map((value) => ({ value, label: t(`builder.by_${value}`) }))} onChange={(by) => set({ by })} /></Line>}
        {has('about') && <Line label={t('builder.about')}><Select allowClear value={typeof question.about === 'string' ? question.about : null} options={scores.map((one) => ({ value: String(one.id), label: String(one.id) }))} onChange={(about?: string) => set({ about })} /></Line>}
        {has('randomise') && <Line label={t('builder.randomise')}><span><Switch checked={question.randomise === true} onChange={(randomise) => set({ randomise })} /></span></Line>}
      </div>
      {has('low') && <WordsInput label={t('builder.low')} value={question.low} onChange={(low) => set({ low })} />}
      {has('high') && <WordsInput label={t('builder.high')} value={question.high} onChange={(high) => set({ high })} />}
    </>
  );
}

interface Props { document: Json; place: { page: number; question: number }; question: Json; onDone: (question: Json) => void; onClose: () => void }

export function QuestionForm({ document, place, question, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(question);
  const set = (change: Json) => setDraft((now) => ({ ...now, ...change }));
  const before = earlier(document, place);
  const id = String(draft.id ?? '');
  const wrong = !kId.test(id) ? t('builder.id_wrong') : id !== question.id && idsIn(document).has(id) ? t('builder.id_taken') : '';
  const words = wordsOf(draft.text);
  const lists = (['options', 'rows'] as const).filter((field) => draft[field] !== undefined);
  const unnamed = lists.some((field) => choicesOf(draft, field).some((one) => !kId.test(one.id) || !(one.text.zh || one.text.en)));
  const done = () => onDone({ ...draft, ...Object.fromEntries(lists.map((field) => [field, asJson(choicesOf(draft, field))])) });
  return (
    <Modal open title={t('builder.question')} width={720} onCancel={onClose} onOk={done} okText={t('builder.take')} cancelText={t('common.cancel')} okButtonProps={{ disabled: wrong !== '' || unnamed || !(words.zh || words.en) }}>
      <div style={{ display: 'grid', gap: 12 }}>
        <div className="form-lines">
          <Line label={t('builder.type')}><Select value={String(draft.type)} options={kKinds.map((value) => ({ value, label: t(`builder.kind_${value}`) }))} onChange={(kind) => setDraft((now) => asKind(now, kind as Kind))} /></Line>
          <Line label={t('builder.id')}><Input value={id} status={wrong ? 'error' : ''} onChange={(event) => set({ id: event.target.value })} /></Line>
          <Line label={t('builder.required')}><span><Switch checked={draft.required === true} onChange={(required) => set({ required })} /></span></Line>
        </div>
        {wrong && <span className="small" role="alert" style={{ color: 'var(--bad)' }}>{wrong}</span>}
        <WordsInput label={t('builder.words')} rows={2} value={draft.text} onChange={(text) => set({ text })} />
        <WordsInput label={t('builder.hint')} value={draft.hint} onChange={(hint) => set({ hint })} />
        <KindFields question={draft} scores={before.filter((one) => ['nps', 'stars', 'scale'].includes(String(one.type)))} set={set} />
        <div><span className="muted small">{t('builder.show_if')}</span><RuleRows rule={draft.show_if} questions={before} always={t('builder.always_shown')} onChange={(rule) => set({ show_if: rule })} /></div>
      </div>
    </Modal>
  );
}
