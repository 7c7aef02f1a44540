// What the editors of aspects, routes and words share: the bar that previews and saves, and the versions to go back to.
import { App, Button, Input, Modal, Select, Tag } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { usePreviewTextPart, useSaveTextPart, useUseTextVersion, type TextPart, type TextPartVersion, type TextPreviewUse } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';

/** All that shows comments has to be asked anew once they are read otherwise. */
export function useReadAnew() {
  const invalidate = useInvalidate();
  return () => invalidate('getTextPart', 'getTextLearning', 'getTextModel', 'getTextSummary', 'getTextAspects', 'listComments');
}

function Uses({ uses }: { uses: TextPreviewUse[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const changed = uses.filter((use) => use.now !== use.then || use.examples.length > 0);
  if (changed.length === 0) return <p className="muted">{t('learn.preview_same')}</p>;
  return (
    <>
      {changed.map((use) => (
        <div key={use.key} className="learn-row" data-testid="found">
          <div><b>{language === 'zh' ? use.name_zh : use.name_en}</b> <span className="num">{exact(use.now, language)} → {exact(use.then, language)}</span></div>
          {use.examples.map((text, index) => <div key={index} className="muted small" style={{ overflowWrap: 'anywhere' }}>{text.slice(0, 200)}</div>)}
        </div>
      ))}
    </>
  );
}

/** `body`: the draft as the API takes it; `shows`: which half of a preview says something of it. */
export function SaveBar({ part, body, changed, shows, onSaved, onUndo }: { part: TextPart['part']; body: () => string; changed: boolean; shows: 'aspects' | 'routes' | null; onSaved: () => void; onUndo: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { message } = App.useApp();
  const anew = useReadAnew();
  const preview = usePreviewTextPart();
  const save = useSaveTextPart();
  const [note, setNote] = useState<string | null>(null);
  const found = preview.data;
  const send = () => save.mutate({ key: part, body: { body: body(), ...(note && { note }) } }, {
    onSuccess: async () => {
      setNote(null);
      onSaved();
      void message.success(t('learn.saved'));
      await anew();
    },
  });
  return (
    <>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 12 }}>
        {shows && may('view_customers') && <Button loading={preview.isPending} onClick={() => preview.mutate({ key: part, body: { body: body() } })}>{t('learn.preview')}</Button>}
        {may('manage_data') && <Button type="primary" disabled={!changed} onClick={() => setNote('')}>{t('learn.save')}</Button>}
        {changed && <Button onClick={onUndo}>{t('common.undo')}</Button>}
      </div>
      {preview.error && <ProblemView error={preview.error} />}
      {shows && found && (
        <div className="section">
          <Panel title={t('learn.preview_title')} note={t('learn.preview_note', { n: exact(found.comments, language) })}><Uses uses={found[shows]} /></Panel>
        </div>
      )}
      <Modal open={note !== null} title={t('learn.save')} okText={t('learn.save')} cancelText={t('common.cancel')} confirmLoading={save.isPending} onOk={send} onCancel={() => { setNote(null); save.reset(); }}>
        <p>{t('learn.save_explain')}</p>
        <Input value={note ?? ''} onChange={(event) => setNote(event.target.value)} maxLength={120} placeholder={t('learn.note')} aria-label={t('learn.note')} />
        {save.error && <ProblemView error={save.error} />}
      </Modal>
    </>
  );
}

export function Versions({ data, onShow }: { data: TextPart; onShow?: (version: number) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const anew = useReadAnew();
  const notice = useProblemNotice();
  const use = useUseTextVersion();
  const shipped: Pick<TextPartVersion, 'version' | 'note' | 'in_use'> & { made?: string; by?: TextPartVersion['by'] } = { version: 0, note: t('learn.shipped'), in_use: data.in_use === 0 };
  const put = (version: number) => use.mutate({ key: data.part, body: { version } }, { onSuccess: anew, onError: notice });
  return (
    <Panel title={t('learn.versions')} note={t('learn.versions_note')}>
      <div style={{ maxHeight: 420, overflowY: 'auto' }}>
        {[...data.versions, shipped].map((one) => (
          <div key={one.version} className="learn-row">
            <div className="learn-names">
              <b className="num">{one.version}</b>{one.in_use && <Tag color="success">{t('learn.in_use')}</Tag>}<span style={{ flex: 1, overflowWrap: 'anywhere' }}>{one.note}</span>
              {onShow && <Button size="small" type="link" onClick={() => onShow(one.version)}>{t('learn.show')}</Button>}
              {may('manage_data') && !one.in_use && <Button size="small" loading={use.isPending} onClick={() => put(one.version)}>{t('learn.use')}</Button>}
            </div>
            {one.made && <div className="muted small">{moment(one.made, language)} · {one.by?.name || t('learn.owner')}</div>}
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** A draft that begins with what is in use, or with a version that is looked at. */
export function Drafted<T>({ data, read, children }: { data: TextPart; read: (body: string) => T; children: (draft: T, set: (draft: T) => void, changed: boolean, undo: () => void) => ReactNode }) {
  const [draft, setDraft] = useState<T>(() => read(data.body));
  const [changed, setChanged] = useState(data.version !== data.in_use);
  const set = (next: T) => { setDraft(next); setChanged(true); };
  const undo = () => { setDraft(read(data.body)); setChanged(data.version !== data.in_use); };
  return <>{children(draft, set, changed, undo)}</>;
}

/** Choices of a kind as a select takes them. */
export function useOptions(data: TextPart) {
  const language = useLanguage();
  return (kind: keyof TextPart['choices']) => data.choices[kind].map((choice) => ({ value: choice.key, label: language === 'zh' ? choice.name_zh : choice.name_en }));
}

export function ChoiceOf({ label, value, options, onChange }: { label: string; value: string[]; options: { value: string; label: string }[]; onChange: (value: string[]) => void }) {
  return (
    <label className="learn-field"><span className="muted small">{label}</span>
      <Select mode="multiple" value={value} options={options} onChange={onChange} aria-label={label} style={{ width: '100%' }} showSearch={{ optionFilterProp: 'label' }} />
    </label>
  );
}
