// A plugin that keeps clang-tidy to our own code. It reports nothing of system headers anyway, but walks through all that they
// declare, once for each check: for a file that includes gRPC that is most of its time. This check is the first to
// see the translation unit, and narrows what the others walk through to the declarations outside of system headers.
#include <clang-tidy/ClangTidyCheck.h>
#include <clang-tidy/ClangTidyModule.h>
#include <clang-tidy/ClangTidyModuleRegistry.h>
#include <clang/ASTMatchers/ASTMatchFinder.h>

#include <vector>

namespace {

class OwnCodeOnly : public clang::tidy::ClangTidyCheck {
 public:
  using ClangTidyCheck::ClangTidyCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"), this);
  }

  void check(const clang::ast_matchers::MatchFinder::MatchResult& result) override {
    std::vector<clang::Decl*> own;
    for (clang::Decl* decl : result.Nodes.getNodeAs<clang::TranslationUnitDecl>("unit")->decls()) {
      const clang::SourceLocation place = result.SourceManager->getExpansionLoc(decl->getLocation());
      if (place.isValid() && !result.SourceManager->isInSystemHeader(place)) own.push_back(decl);
    }
    result.Context->setTraversalScope(own);
  }
};

class OwnCodeModule : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories& factories) override {
    factories.registerCheck<OwnCodeOnly>("own-code-only");
  }
};

clang::tidy::ClangTidyModuleRegistry::Add<OwnCodeModule> registration("own-code",
                                                                      "Narrows the walk to our own code.");

}  // namespace
