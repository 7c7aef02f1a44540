// Words of one's own that a text is not to be cut within: product names, places, sayings.
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetTextPart, type TextPart } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Drafted, SaveBar, Versions } from './versions';

function Editor({ data, onShow }: { data: TextPart; onShow: (version: number | null) => void }) {
  const { t } = useTranslation();
  return (
    <Drafted data={data} read={(body) => body}>
      {(draft, set, changed, undo) => (
        <>
          <Panel title={t('learn.words')} note={t('learn.words_note')}>
            <Input.TextArea value={draft} onChange={(event) => set(event.target.value)} autoSize={{ minRows: 8, maxRows: 24 }} aria-label={t('learn.words')} placeholder={t('learn.words_example')} />
            <SaveBar part="words" shows={null} changed={changed} onUndo={undo} onSaved={() => onShow(null)} body={() => draft} />
          </Panel>
          <div className="section"><Versions data={data} onShow={onShow} /></div>
        </>
      )}
    </Drafted>
  );
}

export function WordsTab() {
  const [shown, setShown] = useState<number | null>(null);
  const part = useGetTextPart({ key: 'words', ...(shown !== null && { version: shown }) });
  return <Load query={part}>{(data) => <Editor key={`${data.version}.${data.in_use}`} data={data} onShow={setShown} />}</Load>;
}
