"""What others hold on to: names to import, commands, and the keys of what commands print as JSON."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from attnviz.cli import main
from attnviz.model.encoder_figures import HABITS
from tests.analysis.labels.flipped import flipped_file
from tests.cli.test_main import answer
from tests.conftest import sentences
from tests.model.test_behaviour import behaviour
from tests.model.test_belief_figures import figures
from tests.model.test_encoder_figures import figures as encoder_figures
from tests.model.test_rates import rates


@pytest.mark.parametrize(
    ("public", "home"),
    [
        ("attnviz.adopt", "attnviz.model.adoption.adopt.adopt"),
        ("attnviz.load", "attnviz.model.experiment.load"),
        ("attnviz.Experiment", "attnviz.model.experiment.Experiment"),
        ("attnviz.Explanation", "attnviz.model.explanation.Explanation"),
        ("attnviz.AttnvizError", "attnviz.errors.AttnvizError"),
        ("attnviz.vectors.FastTextVectors", "attnviz.vectors.fasttext.FastTextVectors"),
        ("attnviz.model.AttentionClassifier", "attnviz.model.classifier.AttentionClassifier"),
        ("attnviz.cli.main", "attnviz.cli.main.main"),
    ],
)
def test_a_public_name_is_the_one_of_its_room(public: str, home: str) -> None:
    def found(path: str) -> object:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)

    assert found(public) is found(home)


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("attnviz.comparison", "Drift drift lean neighbours one_word pairs project TWINS"),
        ("attnviz.tracing", "Answers Swap Trace trace"),
    ],
)
def test_modules_that_are_public_stay_where_they_are(module: str, names: str) -> None:
    there = vars(importlib.import_module(module))
    assert set(names.split()) <= there.keys()


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for group, commands in (
        (
            (),
            "app behaviour belief drift errors evaluate explain import labels list neighbours predict push trace train "
            "vectors",
        ),
        (("vectors",), "download info nearest ngrams"),
    ):
        assert main([*group, "--help"]) == 0
        said = capsys.readouterr().out.replace("│", " ").split()
        assert set(commands.split()) <= set(said)


# As they were before the files were sorted into rooms.
KEYS = {
    "list": """
        experiments[].baseline.ece experiments[].baseline.groups.imdb.ece
        experiments[].baseline.groups.rotten_tomatoes.ece experiments[].variants[].ece
        experiments[].variants[].groups.imdb.ece experiments[].variants[].groups.rotten_tomatoes.ece
        experiments[].baseline.accuracy experiments[].baseline.groups.imdb.accuracy
        experiments[].baseline.groups.imdb.interval experiments[].baseline.groups.imdb.log_loss
        experiments[].baseline.groups.imdb.macro_f1 experiments[].baseline.groups.imdb.n
        experiments[].baseline.groups.rotten_tomatoes.accuracy
        experiments[].baseline.groups.rotten_tomatoes.interval
        experiments[].baseline.groups.rotten_tomatoes.log_loss
        experiments[].baseline.groups.rotten_tomatoes.macro_f1 experiments[].baseline.groups.rotten_tomatoes.n
        experiments[].baseline.interval experiments[].baseline.log_loss experiments[].baseline.macro_f1
        experiments[].baseline.n experiments[].data.digest experiments[].data.label_map experiments[].data.licence
        experiments[].data.name experiments[].data.rows.test experiments[].data.rows.train
        experiments[].data.rows.validation experiments[].data.source experiments[].data.split_rule
        experiments[].labels experiments[].language experiments[].name experiments[].standings.baseline.answer
        experiments[].standings.baseline.answered experiments[].standings.baseline.largest
        experiments[].standings.baseline.largest_class experiments[].standings.baseline.p
        experiments[].standings.fine-tuned-additive.answer experiments[].standings.fine-tuned-additive.answered
        experiments[].standings.fine-tuned-additive.largest
        experiments[].standings.fine-tuned-additive.largest_class
        experiments[].standings.fine-tuned-additive.mcnemar.a experiments[].standings.fine-tuned-additive.mcnemar.b
        experiments[].standings.fine-tuned-additive.mcnemar.only_a
        experiments[].standings.fine-tuned-additive.mcnemar.only_b
        experiments[].standings.fine-tuned-additive.mcnemar.p experiments[].standings.fine-tuned-additive.p
        experiments[].standings.fine-tuned.answer experiments[].standings.fine-tuned.answered
        experiments[].standings.fine-tuned.largest experiments[].standings.fine-tuned.largest_class
        experiments[].standings.fine-tuned.mcnemar.a experiments[].standings.fine-tuned.mcnemar.b
        experiments[].standings.fine-tuned.mcnemar.only_a experiments[].standings.fine-tuned.mcnemar.only_b
        experiments[].standings.fine-tuned.mcnemar.p experiments[].standings.fine-tuned.p
        experiments[].standings.frozen-additive.answer experiments[].standings.frozen-additive.answered
        experiments[].standings.frozen-additive.largest experiments[].standings.frozen-additive.largest_class
        experiments[].standings.frozen-additive.mcnemar.a experiments[].standings.frozen-additive.mcnemar.b
        experiments[].standings.frozen-additive.mcnemar.only_a
        experiments[].standings.frozen-additive.mcnemar.only_b experiments[].standings.frozen-additive.mcnemar.p
        experiments[].standings.frozen-additive.p experiments[].standings.frozen.answer
        experiments[].standings.frozen.answered experiments[].standings.frozen.largest
        experiments[].standings.frozen.largest_class experiments[].standings.frozen.mcnemar.a
        experiments[].standings.frozen.mcnemar.b experiments[].standings.frozen.mcnemar.only_a
        experiments[].standings.frozen.mcnemar.only_b experiments[].standings.frozen.mcnemar.p
        experiments[].standings.frozen.p experiments[].standings.uniform.answer
        experiments[].standings.uniform.answered experiments[].standings.uniform.largest
        experiments[].standings.uniform.largest_class experiments[].standings.uniform.mcnemar.a
        experiments[].standings.uniform.mcnemar.b experiments[].standings.uniform.mcnemar.only_a
        experiments[].standings.uniform.mcnemar.only_b experiments[].standings.uniform.mcnemar.p
        experiments[].standings.uniform.p experiments[].variants[].accuracy
        experiments[].variants[].groups.imdb.accuracy experiments[].variants[].groups.imdb.interval
        experiments[].variants[].groups.imdb.log_loss experiments[].variants[].groups.imdb.macro_f1
        experiments[].variants[].groups.imdb.n experiments[].variants[].groups.rotten_tomatoes.accuracy
        experiments[].variants[].groups.rotten_tomatoes.interval
        experiments[].variants[].groups.rotten_tomatoes.log_loss
        experiments[].variants[].groups.rotten_tomatoes.macro_f1 experiments[].variants[].groups.rotten_tomatoes.n
        experiments[].variants[].interval experiments[].variants[].log_loss experiments[].variants[].macro_f1
        experiments[].variants[].n experiments[].variants[].variant
        experiments[].standings.transformer.answer experiments[].standings.transformer.answered
        experiments[].standings.transformer.largest experiments[].standings.transformer.largest_class
        experiments[].standings.transformer.mcnemar.a experiments[].standings.transformer.mcnemar.b
        experiments[].standings.transformer.mcnemar.only_a experiments[].standings.transformer.mcnemar.only_b
        experiments[].standings.transformer.mcnemar.p experiments[].standings.transformer.p
    """,
    "explain": """
        experiment labels text truncated variants[].bias variants[].logits variants[].prediction
        variants[].probabilities variants[].tokens[].contributions variants[].tokens[].end variants[].tokens[].known
        variants[].tokens[].score variants[].tokens[].start variants[].tokens[].text variants[].tokens[].votes
        variants[].tokens[].weight variants[].variant
    """,
    "explain --maps": """
        experiment labels text truncated variants[].bias variants[].logits variants[].maps variants[].prediction
        variants[].probabilities variants[].tokens[].contributions variants[].tokens[].end variants[].tokens[].known
        variants[].tokens[].score variants[].tokens[].start variants[].tokens[].text variants[].tokens[].votes
        variants[].tokens[].weight variants[].variant
    """,
    "behaviour": """
        dataset experiment rows tests[].cases tests[].expects tests[].kind tests[].name
        tests[].variants.fine-tuned.failed tests[].variants.fine-tuned.interval tests[].variants.fine-tuned.rate
        tests[].variants.frozen.failed tests[].variants.frozen.interval tests[].variants.frozen.rate tolerance twins.a
        twins.b twins.more_a twins.more_b twins.p twins.tests[].name twins.tests[].only_fine-tuned
        twins.tests[].only_frozen twins.tests[].p twins.tests[].raw_p without_cases
    """,
    "belief": """
        experiment text variants[].beaten variants[].completeness_error variants[].comprehensiveness.attention
        variants[].comprehensiveness.contribution variants[].comprehensiveness.gradient
        variants[].comprehensiveness.integrated_gradients variants[].comprehensiveness.leave_one_out
        variants[].comprehensiveness.leave_one_out_random variants[].comprehensiveness_random_word.attention
        variants[].comprehensiveness_random_word.contribution variants[].comprehensiveness_random_word.gradient
        variants[].comprehensiveness_random_word.integrated_gradients
        variants[].comprehensiveness_random_word.leave_one_out
        variants[].comprehensiveness_random_word.leave_one_out_random variants[].converged variants[].entropy
        variants[].flip.attention variants[].flip.contribution variants[].flip.gradient
        variants[].flip.integrated_gradients variants[].flip.leave_one_out variants[].flip.leave_one_out_random
        variants[].flip_radius variants[].marks variants[].most_entropy variants[].on_marks variants[].prediction
        variants[].probability variants[].sufficiency.attention variants[].sufficiency.contribution
        variants[].sufficiency.gradient variants[].sufficiency.integrated_gradients variants[].sufficiency.leave_one_out
        variants[].sufficiency.leave_one_out_random variants[].sufficiency_random_word.attention
        variants[].sufficiency_random_word.contribution variants[].sufficiency_random_word.gradient
        variants[].sufficiency_random_word.integrated_gradients variants[].sufficiency_random_word.leave_one_out
        variants[].sufficiency_random_word.leave_one_out_random variants[].suppressors variants[].tau.contribution.n
        variants[].tau.contribution.p variants[].tau.contribution.tau variants[].tau.gradient.n
        variants[].tau.gradient.p variants[].tau.gradient.tau variants[].tau.integrated_gradients.n
        variants[].tau.integrated_gradients.p variants[].tau.integrated_gradients.tau variants[].tau.leave_one_out.n
        variants[].tau.leave_one_out.p variants[].tau.leave_one_out.tau variants[].tau.leave_one_out_random.n
        variants[].tau.leave_one_out_random.p variants[].tau.leave_one_out_random.tau variants[].tau_among[].n
        variants[].tau_among[].p variants[].tau_among[].tau variants[].tau_among[].views variants[].tokens
        variants[].top variants[].variant variants[].verdict variants[].views.attention variants[].views.contribution
        variants[].views.gradient variants[].views.integrated_gradients variants[].views.leave_one_out
        variants[].views.leave_one_out_random variants[].without_random variants[].without_top
    """,
    "belief --rationales": """
        data experiment left_out remarks rows texts variants[].all_marked variants[].nothing_marked
        variants[].other_class variants[].random.auprc variants[].random.f1 variants[].sentences
        variants[].random.auprc_interval variants[].random.f1_interval
        variants[].views.attention.auprc_interval variants[].views.attention.f1_interval
        variants[].views.contribution.auprc_interval variants[].views.contribution.f1_interval
        variants[].views.gradient.auprc_interval variants[].views.gradient.f1_interval
        variants[].views.integrated_gradients.auprc_interval variants[].views.integrated_gradients.f1_interval
        variants[].views.leave_one_out.auprc_interval variants[].views.leave_one_out.f1_interval
        variants[].views.leave_one_out_random.auprc_interval variants[].views.leave_one_out_random.f1_interval
        variants[].truncated variants[].unknown_class variants[].variant variants[].views.attention.auprc
        variants[].views.attention.f1
        variants[].views.contribution.auprc variants[].views.contribution.f1 variants[].views.gradient.auprc
        variants[].views.gradient.f1 variants[].views.integrated_gradients.auprc
        variants[].views.integrated_gradients.f1 variants[].views.leave_one_out.auprc
        variants[].views.leave_one_out.f1 variants[].views.leave_one_out_random.auprc
        variants[].views.leave_one_out_random.f1
    """,
    "evaluate": """
        baseline.ece variants[].ece
        agreement.both_right agreement.both_wrong agreement.only_fine-tuned agreement.only_frozen
        baseline.accuracy baseline.classes[].f1 baseline.classes[].label baseline.classes[].n
        baseline.classes[].precision baseline.classes[].recall baseline.confusion baseline.interval baseline.log_loss
        baseline.macro_f1 baseline.n baseline.variant
        calibration.baseline.bins[].accuracy calibration.baseline.bins[].confidence
        calibration.baseline.bins[].high calibration.baseline.bins[].low calibration.baseline.bins[].n
        calibration.baseline.ece calibration.fine-tuned.bins[].accuracy calibration.fine-tuned.bins[].confidence
        calibration.fine-tuned.bins[].high calibration.fine-tuned.bins[].low calibration.fine-tuned.bins[].n
        calibration.fine-tuned.ece calibration.frozen.bins[].accuracy calibration.frozen.bins[].confidence
        calibration.frozen.bins[].high calibration.frozen.bins[].low calibration.frozen.bins[].n
        calibration.frozen.ece calibration.uniform.bins[].accuracy calibration.uniform.bins[].confidence
        calibration.uniform.bins[].high calibration.uniform.bins[].low calibration.uniform.bins[].n
        calibration.uniform.ece data experiment labels learned_from left_out.blank left_out.other_split
        left_out.strange.meh left_out.unlabelled
        mcnemar[].a mcnemar[].b mcnemar[].only_a mcnemar[].only_b mcnemar[].p rows slices
        standings.baseline.answer standings.baseline.answered standings.baseline.largest
        standings.baseline.largest_class standings.baseline.p standings.fine-tuned.answer
        standings.fine-tuned.answered standings.fine-tuned.largest standings.fine-tuned.largest_class
        standings.fine-tuned.mcnemar.a standings.fine-tuned.mcnemar.b standings.fine-tuned.mcnemar.only_a
        standings.fine-tuned.mcnemar.only_b standings.fine-tuned.mcnemar.p standings.fine-tuned.p
        standings.frozen.answer standings.frozen.answered standings.frozen.largest standings.frozen.largest_class
        standings.frozen.mcnemar.a standings.frozen.mcnemar.b standings.frozen.mcnemar.only_a
        standings.frozen.mcnemar.only_b standings.frozen.mcnemar.p standings.frozen.p standings.uniform.answer
        standings.uniform.answered standings.uniform.largest standings.uniform.largest_class
        standings.uniform.mcnemar.a standings.uniform.mcnemar.b standings.uniform.mcnemar.only_a
        standings.uniform.mcnemar.only_b standings.uniform.mcnemar.p standings.uniform.p
        variants[].accuracy
        variants[].classes[].f1 variants[].classes[].label variants[].classes[].n variants[].classes[].precision
        variants[].classes[].recall variants[].confusion variants[].interval variants[].log_loss variants[].macro_f1
        variants[].n variants[].variant
    """,
    "errors": """
        among count data errors[].answers.fine-tuned.answer errors[].answers.fine-tuned.loss
        errors[].answers.fine-tuned.probabilities errors[].answers.frozen.answer errors[].answers.frozen.loss
        errors[].answers.frozen.probabilities errors[].answers.uniform.answer errors[].answers.uniform.loss
        errors[].answers.uniform.probabilities errors[].label errors[].row errors[].text errors[].why.pulled_by
        errors[].why.right_with_equal_weights errors[].why.unknown errors[].why.verdict errors[].why.weight_on_them
        errors[].why.words_for_label experiment labels learned_from left_out.blank left_out.other_split
        left_out.strange.meh left_out.unlabelled
        rows variant
    """,
    "errors --against": """
        against.agreement.both_right against.agreement.both_wrong against.agreement.only_first
        against.agreement.only_second against.changed against.compared against.experiment against.figures.first.accuracy
        against.figures.first.ece against.figures.first.interval against.figures.first.log_loss
        against.figures.first.macro_f1 against.figures.first.n against.figures.second.accuracy
        against.figures.second.ece against.figures.second.interval against.figures.second.log_loss
        against.figures.second.macro_f1 against.figures.second.n against.labels against.learned_from against.moves
        against.only_first_knows against.only_second_knows against.p
        against.same_class.negative against.same_class.positive against.slices against.variant
        among count data errors[].against.answer errors[].against.loss errors[].against.probabilities
        errors[].answers.fine-tuned.answer errors[].answers.fine-tuned.loss
        errors[].answers.fine-tuned.probabilities errors[].answers.frozen.answer errors[].answers.frozen.loss
        errors[].answers.frozen.probabilities errors[].answers.uniform.answer errors[].answers.uniform.loss
        errors[].answers.uniform.probabilities errors[].label errors[].row errors[].text errors[].why.pulled_by
        errors[].why.right_with_equal_weights errors[].why.unknown errors[].why.verdict errors[].why.weight_on_them
        errors[].why.words_for_label experiment labels learned_from left_out.blank left_out.other_split
        left_out.strange.meh left_out.unlabelled
        rows variant
    """,
    "labels": """
        answered dataset estimated experiment folds labels rows shares.means shares.terms shares.variants
        suspected suspects[].answered
        suspects[].contradicted_by suspects[].label suspects[].likely suspects[].likely_probability
        suspects[].probability suspects[].row suspects[].split suspects[].text variants
    """,
    "labels --actions": """
        dataset decisions.keep decisions.relabel decisions.remove decisions.unsure experiment rows test_rows.keep
        test_rows.relabel test_rows.remove test_rows.unsure
    """,
    "drift": """
        words[].count words[].drift words[].lean.fine-tuned.negative words[].lean.fine-tuned.positive
        words[].lean.frozen.negative words[].lean.frozen.positive words[].spread words[].word
    """,
    "neighbours": """
        fine-tuned[].cosine fine-tuned[].word frozen[].cosine frozen[].word known word
    """,
    "trace": """
        all.fine-tuned all.frozen experiment fine-tuned frozen labels text truncated words[].fine-tuned
        words[].frozen words[].known words[].places words[].word
    """,
    "vectors info": """
        buckets dim first_words max_n min_n ngram_units ngrams path words
    """,
    "vectors nearest": """
        known neighbours[].cosine neighbours[].word word
    """,
    "vectors ngrams": """
        known length ngrams[].cosine ngrams[].length ngrams[].ngram ngrams[].start word
    """,
}
MORE = {
    "list": [],
    "explain": ["a good film", "-e", "tiny"],
    "explain --maps": ["a good film", "-e", "both", "-v", "transformer"],
    "behaviour": ["rows", "-e", "tiny"],
    "belief": ["a good film with dull music", "-e", "tiny", "-v", "fine-tuned"],
    "belief --rationales": ["marks", "-e", "tiny"],
    "evaluate": ["rows", "-e", "tiny"],
    "errors": ["rows", "-e", "tiny"],
    "errors --against": ["tiny", "--among", "all", "rows", "-e", "tiny"],
    "labels": ["turned", "-e", "tiny"],
    "labels --actions": ["actions", "--out", "corrected", "rows", "-e", "tiny"],
    "drift": ["--word", "good", "-e", "tiny"],
    "neighbours": ["good", "-e", "tiny"],
    "trace": ["a good film", "-e", "tiny"],
    "vectors info": ["tiny"],
    "vectors nearest": ["tiny", "good"],
    "vectors ngrams": ["tiny", "good"],
}


def paths(value: object, at: str = "") -> set[str]:
    """Return the path of keys to every value that is no object itself; the items of a list share theirs."""
    if isinstance(value, dict):
        return {path for key, one in value.items() for path in paths(one, f"{at}.{key}" if at else key)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {path for one in value for path in paths(one, f"{at}[]")}
    return {at}


@pytest.mark.parametrize("command", KEYS)
def test_json_has_the_keys_it_had(
    capsys: pytest.CaptureFixture[str],
    tiny_models: Path,
    transformer_models: Path,
    tmp_path: Path,
    command: str,
) -> None:
    rows = tmp_path / "mine.csv"
    rows.write_text("text,label\na wonderful film,negative\nan awful film,positive\nwell,meh\n", encoding="utf-8")
    marks = tmp_path / "marks.jsonl"
    marks.write_text('{"text": "a good film", "marked": ["good"]}', encoding="utf-8")
    turned, actions = tmp_path / "turned.csv", tmp_path / "actions.csv"
    flipped_file(turned, sentences()[:100])
    actions.write_text("row,action,new_label\n2,relabel,positive\n", encoding="utf-8")
    known = {"tiny": tiny_models / "tiny-en", "rows": rows, "marks": marks, "turned": turned, "actions": actions}
    known |= {"corrected": tmp_path / "corrected.csv", "both": transformer_models / "tiny-both"}
    said = answer(capsys, *command.split(), *(str(known.get(one, one)) for one in MORE[command]), "--json")
    assert paths(said) == set(KEYS[command].split())


def test_what_an_experiment_keeps_of_words_has_the_keys_it_had(tiny_models: Path, tmp_path: Path) -> None:
    kept = load_file(tiny_models / "tiny-en" / "word-history.safetensors")
    assert {name: str(values.dtype) for name, values in kept.items()} == {
        "ids": "int32",
        "steps": "int8",
        "scales": "float32",
    }
    rates().save(tmp_path / "rates.json")
    stored = json.loads((tmp_path / "rates.json").read_text(encoding="utf-8"))
    keys = """
        least quantiles rates[].accuracy.least rates[].accuracy.mean rates[].accuracy.most rates[].drift
        rates[].neighbours.good.bad rates[].neighbours.good.great rates[].neighbours.good.movie
        rates[].pairs[].cosine.least rates[].pairs[].cosine.mean rates[].pairs[].cosine.most rates[].pairs[].words
        rates[].rate rows schema seeds
    """
    assert paths(stored) == set(keys.split())
    behaviour().save(tmp_path / "behaviour.json")
    stored = json.loads((tmp_path / "behaviour.json").read_text(encoding="utf-8"))
    keys = """
        dataset rows schema tests[].cases tests[].expects tests[].failed.fine-tuned tests[].failed.frozen tests[].kind
        tests[].name tests[].p twins.a twins.b twins.more_a twins.more_b twins.p
    """
    assert paths(stored) == set(keys.split())
    figures().save(tmp_path / "belief.json")
    stored = json.loads((tmp_path / "belief.json").read_text(encoding="utf-8"))
    keys = """
        data drawn measured method rows schema
        variants[].accuracy variants[].accuracy_with_equal_weights variants[].questions.flip_radius.mean
        variants[].questions.flip_radius.n variants[].questions.flip_radius.quantiles
        variants[].questions.tau_gradient.mean variants[].questions.tau_gradient.n
        variants[].questions.tau_gradient.quantiles variants[].questions.uniform_agrees.mean
        variants[].questions.uniform_agrees.n variants[].questions.uniform_agrees.quantiles
        variants[].shuffled_carried variants[].spread.divergence variants[].spread.ratio
        variants[].spread.same_top variants[].spread.seeds variants[].spread.tau variants[].variant
        variants[].verdicts.carried variants[].verdicts.no_more variants[].verdicts.none variants[].verdicts.rises
    """
    assert paths(stored) == set(keys.split())
    encoder_figures().save(tmp_path / "encoders.json")
    stored = json.loads((tmp_path / "encoders.json").read_text(encoding="utf-8"))
    both = {f"{key}.{variant}" for key in ("epoch.seconds", "seeds") for variant in ("fine-tuned", "transformer")}
    orders = {f"order.{variant}.{way}" for variant in ("fine-tuned", "transformer") for way in ("as it is", "shuffled")}
    habits = {f"habits[].{of}.{name}" for of in ("shares", "if_even") for name in HABITS}
    keys = "data epoch.lengths epoch.sentences habits[].head measured rows schema"
    assert paths(stored) == {*keys.split(), *both, *orders, *habits, "order.transformer.no positions"}
