"""Every mail of the corpus becomes what its expectation beside it says."""

import pytest

from tests.mail.samples import CANARY, Sample, attachments_of, cut_of, outcome_of, read_sample, samples


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_mail_becomes_what_is_expected_of_it(sample: Sample) -> None:
    mail = read_sample(sample.raw)

    assert outcome_of(mail) == (sample.outcome, sample.ticket, sample.text)
    assert attachments_of(mail) == sample.attachments
    assert sample.cut is None or cut_of(mail, sample.cut) == sample.cut


def test_no_answer_of_the_corpus_holds_the_citizens_words() -> None:
    texts = [outcome_of(read_sample(sample.raw))[2] or "" for sample in samples()]

    assert sum(CANARY in sample.raw.decode("utf-8", "replace") for sample in samples()) >= 40
    assert not [text for text in texts if CANARY in text]
