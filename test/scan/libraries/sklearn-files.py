# Files as scikit-learn users write them: an estimator of each kind, by pickle and by joblib.
import pickle, sys, warnings
warnings.simplefilter('ignore')
import joblib, numpy as np
from sklearn import cluster, compose, decomposition, ensemble, feature_extraction, gaussian_process, impute
from sklearn import linear_model, model_selection, naive_bayes, neighbors, neural_network, pipeline
from sklearn import preprocessing, svm, tree
folder = sys.argv[1]
x, y = np.random.RandomState(1).rand(40, 4), np.arange(40) % 2
models = [
    linear_model.LogisticRegression(), linear_model.LinearRegression(), linear_model.Ridge(), linear_model.SGDClassifier(),
    svm.SVC(probability=True), svm.LinearSVC(), tree.DecisionTreeClassifier(), ensemble.RandomForestClassifier(3),
    ensemble.GradientBoostingClassifier(n_estimators=3), ensemble.HistGradientBoostingClassifier(max_iter=3),
    neighbors.KNeighborsClassifier(), naive_bayes.GaussianNB(), cluster.KMeans(2, n_init=1), decomposition.PCA(2),
    preprocessing.StandardScaler(), preprocessing.OneHotEncoder(), preprocessing.LabelEncoder(), impute.SimpleImputer(),
    neural_network.MLPClassifier((3,), max_iter=3), gaussian_process.GaussianProcessRegressor(),
    pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()),
    model_selection.GridSearchCV(tree.DecisionTreeClassifier(), {'max_depth': [1, 2]}, cv=2),
    compose.ColumnTransformer([('a', preprocessing.MinMaxScaler(), [0, 1])]), feature_extraction.text.TfidfVectorizer(),
]
for model in models:
    name = type(model).__name__
    data = {'TfidfVectorizer': (['a text', 'another text of words'],), 'LabelEncoder': (y,)}
    model.fit(*data.get(name, (x, y)))
    pickle.dump(model, open(f'{folder}/library-{name}.pkl', 'wb'))
    joblib.dump(model, f'{folder}/library-{name}.joblib')
    joblib.dump(model, f'{folder}/library-{name}-xz.joblib', compress=('xz', 3))
