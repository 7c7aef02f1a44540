// What a destination did not take: sending it again, or giving it up.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useDiscardLetters, useListLetters, useSendLettersAgain, type Connector } from '../../api/generated';
import { useProblemNotice } from '../../components/problem';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';

export function Letters({ connector }: { connector: Connector }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message, modal } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const letters = useListLetters({ id: connector.id, limit: 20 }, { refetchInterval: 5_000 });
  const again = useSendLettersAgain();
  const discard = useDiscardLetters();
  const first = letters.data?.pages[0];
  if (!first || first.total === 0) return null;
  const finish = async (text: string) => {
    void message.info(text);
    await invalidate('listLetters', 'getConnectorLog', 'listConnectors');
  };
  const send = () => again.mutate({ id: connector.id, body: { all: true } }, { onSuccess: (done) => void finish(t('connector.letters_asked', { count: done.letters })), onError: notice });
  const drop = () => modal.confirm({
    title: t('connector.letters_discard_title', { count: first.total }), content: t('connector.letters_discard_text'), okText: t('connector.letters_discard'), cancelText: t('common.cancel'), okButtonProps: { danger: true },
    onOk: () => discard.mutateAsync({ id: connector.id, body: { all: true } }).then((done) => finish(t('connector.letters_discarded', { count: done.letters })), notice),
  });
  return (
    <div data-testid="letters" style={{ display: 'grid', gap: 8 }}>
      <strong>{t('connector.letters', { count: first.total, letters: exact(first.total, language) })}</strong>
      {first.items.slice(0, 5).map((letter) => (
        <div key={letter.id} className="small">{moment(letter.at, language)} · {t('connector.letter_events', { count: letter.events })} · {[letter.error, letter.detail].filter(Boolean).join(' · ')}</div>
      ))}
      <div style={{ display: 'flex', gap: 8 }}>
        <Button size="small" loading={again.isPending} onClick={send}>{t('connector.letters_send')}</Button>
        <Button size="small" type="text" danger onClick={drop}>{t('connector.letters_discard')}</Button>
      </div>
    </div>
  );
}
