// The catalogue of aspects: names and words in both languages, on top of the one that comes along.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetTextPart, type TextPart } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { freshName } from './fresh_name';
import { Drafted, SaveBar, Versions } from './versions';

interface Aspect { key: string; name_en: string; name_zh: string; zh: string[]; en: string[] }
interface Catalogue { key: string; name_en: string; name_zh: string; aspects: Aspect[] }

export function readCatalogue(body: string): Catalogue {
  const parsed = JSON.parse(body) as Partial<Catalogue>;
  return {
    key: parsed.key ?? '', name_en: parsed.name_en ?? '', name_zh: parsed.name_zh ?? '',
    aspects: (parsed.aspects ?? []).map((aspect) => ({ ...aspect, zh: aspect.zh ?? [], en: aspect.en ?? [] })),
  };
}

function AspectRow({ aspect, set, remove }: { aspect: Aspect; set: (next: Aspect) => void; remove: () => void }) {
  const { t } = useTranslation();
  const words = (language: 'zh' | 'en') => (
    <label className="learn-field"><span className="muted small">{t(`learn.words_${language}`)}</span>
      <Select mode="tags" size="small" open={false} suffixIcon={null} tokenSeparators={[',', ';', '\n']} value={aspect[language]} onChange={(value: string[]) => set({ ...aspect, [language]: value.map((word) => word.trim().toLowerCase()).filter(Boolean) })} style={{ width: '100%' }} aria-label={`${aspect.name_en} ${t(`learn.words_${language}`)}`} />
    </label>
  );
  return (
    <div className="learn-row" data-testid="aspect">
      <div className="learn-names">
        <Input size="small" value={aspect.name_zh} maxLength={40} aria-label={t('learn.name_zh')} placeholder={t('learn.name_zh')} onChange={(event) => set({ ...aspect, name_zh: event.target.value })} />
        <Input size="small" value={aspect.name_en} maxLength={40} aria-label={t('learn.name_en')} placeholder={t('learn.name_en')} onChange={(event) => set({ ...aspect, name_en: event.target.value })} />
        <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={t('learn.remove', { name: aspect.name_en })} onClick={remove} />
      </div>
      {words('zh')}
      {words('en')}
    </div>
  );
}

function Editor({ data, onShow }: { data: TextPart; onShow: (version: number | null) => void }) {
  const { t } = useTranslation();
  return (
    <Drafted data={data} read={readCatalogue}>
      {(draft, set, changed, undo) => {
        const change = (at: number, next: Aspect | null) => set({ ...draft, aspects: draft.aspects.flatMap((aspect, index) => (index !== at ? [aspect] : next ? [next] : [])) });
        return (
          <>
            <Panel title={t('learn.aspects')} note={t('learn.aspects_note')}>
              {draft.aspects.map((aspect, index) => <AspectRow key={aspect.key} aspect={aspect} set={(next) => change(index, next)} remove={() => change(index, null)} />)}
              <Button size="small" icon={<PlusOutlined />} disabled={draft.aspects.length >= 32} onClick={() => set({ ...draft, aspects: [...draft.aspects, { key: freshName('aspect', draft.aspects.map((aspect) => aspect.key)), name_en: '', name_zh: '', zh: [], en: [] }] })}>{t('learn.add_aspect')}</Button>
              <SaveBar part="aspects" shows="aspects" changed={changed} onUndo={undo} onSaved={() => onShow(null)} body={() => JSON.stringify(draft)} />
            </Panel>
            <div className="section"><Versions data={data} onShow={onShow} /></div>
          </>
        );
      }}
    </Drafted>
  );
}

export function AspectsTab() {
  const [shown, setShown] = useState<number | null>(null);
  const part = useGetTextPart({ key: 'aspects', ...(shown !== null && { version: shown }) });
  return <Load query={part}>{(data) => <Editor key={`${data.version}.${data.in_use}`} data={data} onShow={setShown} />}</Load>;
}
