// One text in both languages; what is empty is shown in the other.
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordsOf, type Words } from './questions';

interface Props { label: string; value: unknown; disabled?: boolean; rows?: number; onChange: (words: Words) => void }

export function WordsInput({ label, value, disabled = false, rows = 1, onChange }: Props) {
  const { t } = useTranslation();
  const words = wordsOf(value);
  return (
    <div className="words-input">
      <span className="muted small">{label}</span>
      {(['zh', 'en'] as const).map((language) => (
        <Input.TextArea
          key={language} aria-label={`${label} (${t(`builder.in_${language}`)})`} placeholder={t(`builder.in_${language}`)} value={words[language] ?? ''} disabled={disabled} maxLength={4000}
          autoSize={{ minRows: rows, maxRows: 8 }} onChange={(event) => onChange({ ...words, [language]: event.target.value })}
        />
      ))}
    </div>
  );
}
