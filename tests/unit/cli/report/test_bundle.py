"""Modules become one script; what the bundler does not understand is an error, never a page that does not work."""

import pytest

from rootwatch_cli.report.bundle import BundleError, bundle


@pytest.fixture
def modules(tmp_path):
    def written(**sources):
        paths = []
        for name, source in sources.items():
            (tmp_path / f"{name}.js").write_text(source)
            paths.append(tmp_path / f"{name}.js")
        return paths

    return written


def test_each_module_has_a_scope_of_its_own_and_hands_out_what_it_exports(modules):
    one = "export function a() {}\nfunction hidden() {}\nexport const B = 1;\nexport async function c() {}\n"
    two = 'import { a, B } from "./one.js";\nfunction hidden() { a(B); }\n'
    script = bundle(modules(one=one, two=two))
    assert "return { a, B, c };" in script
    assert "const { a, B } = $one;" in script
    assert "import" not in script
    assert "export" not in script
    assert script.index("$one =") < script.index("$two =")


def test_an_import_of_what_does_not_come_before_is_refused(modules):
    with pytest.raises(BundleError, match=r"one\.js imports two, which does not come before it"):
        bundle(modules(one='import { a } from "./two.js";\n', two="export function a() {}\n"))


@pytest.mark.parametrize("line", ["export default 1;", 'import x from "./y.js";', "export { a };", 'import "./y.js";'])
def test_what_is_not_understood_is_refused(modules, line):
    with pytest.raises(BundleError, match=r"one\.js imports or exports in a way that is not understood"):
        bundle(modules(one=f"{line}\n"))
